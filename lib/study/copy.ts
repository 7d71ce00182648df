import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";

import { InputError } from "../core/errors.js";
import { ATTRIBUTION_FOLDER, hasAttribution } from "./attribution-store.js";
import { writeManifest } from "./manifest.js";
import type { Study } from "./record-store.js";

/**
 * Copies a study into a folder that is not there yet, or empty. A copy that fails is taken back.
 * @returns files of records copied
 * @throws InputError where the folder holds anything, or lies within the study
 */
export async function copyStudy(study: Study, folder: string): Promise<number> {
  const target = resolve(folder);
  await checkFree(study, target);
  await mkdir(target, { recursive: true });
  try {
    await cp(join(study.folder, "records"), join(target, "records"), { recursive: true });
    const copied = await readdir(join(target, "records"), { recursive: true });
    if (await hasAttribution(study)) await copyAttribution(study.folder, target);
    await writeManifest(target, study.manifest()); // last: a folder without it is no study
    return copied.filter((name) => name.endsWith(".jsonl")).length;
  } catch (error) {
    for (const part of ["records", ATTRIBUTION_FOLDER]) await rm(join(target, part), { recursive: true, force: true });
    throw error;
  }
}

/** All of it but its lock and what can be made again. */
const copyAttribution = (from: string, to: string): Promise<void> =>
  cp(join(from, ATTRIBUTION_FOLDER), join(to, ATTRIBUTION_FOLDER), {
    recursive: true,
    filter: (path) => !["lock.json", ".index"].includes(basename(path)),
  });

async function checkFree(study: Study, target: string): Promise<void> {
  const inside = relative(resolve(study.folder), target);
  if (!inside.startsWith(".."))
    throw new InputError({ where: target, found: "a folder of the study itself", expected: "one outside it" });
  const entries = await readdir(target).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw new InputError({ where: target, found: "no folder", expected: "a new or an empty folder" });
  });
  if (entries.length > 0)
    throw new InputError({
      where: target,
      found: `a folder with ${entries.length} ${entries.length === 1 ? "entry" : "entries"}`,
      expected: "a new or an empty one",
      remedy: "name another folder; nothing is overwritten",
    });
}

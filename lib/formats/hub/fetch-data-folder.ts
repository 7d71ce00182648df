import { mkdir, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

import { InputError } from "../../core/errors.js";
import type { Task } from "../../core/progress.js";
import { cachedEntry, cacheFolder } from "../cache.js";
import { PartialEntry } from "../partial-entry.js";
import { fetchAll, type HubOptions } from "./fetch-files.js";
import { openHub } from "./hub.js";
import { hubSettings } from "./hub-settings.js";
import type { Wanted } from "./selection.js";

/** A part of a set of data on a hub. */
export interface DataFolder {
  /** OWNER/NAME */
  readonly repository: string;
  /** Its folder there. */
  readonly folder: string;
  /** Files, or folders with all in them, within it: nothing else is fetched. */
  readonly wanted: readonly string[];
  /** The folder of the entry that paths are put under, so that it reads as a checkout. */
  readonly under: string;
  /** What the entry in the cache is called, beside the commit. */
  readonly name: string;
}

/** A text data set is small; more than this is another. */
const MOST_BYTES = 2 * 2 ** 30;
/** Paths come from a server: no step upwards, nothing hidden, nothing absolute. */
const SAFE_PATH = /^[A-Za-z0-9][\w.+ -]*(?:\/[A-Za-z0-9][\w.+ -]*)*$/;

/** The newest of the commits of which a part was brought whole, or undefined; no request is made. */
export async function cachedDataFolder({
  repository,
  name,
}: Pick<DataFolder, "repository" | "name">): Promise<string | undefined> {
  const parent = `hub/datasets/${repository}`;
  const names = await readdir(join(cacheFolder(), parent)).catch(() => []);
  const entries = names.filter((entry) => /^[0-9a-f]{40}-/.test(entry) && entry.slice(41) === name);
  const times = await Promise.all(entries.map(async (entry) => (await stat(join(cacheFolder(), parent, entry))).mtimeMs));
  const newestFirst = entries.map((entry, i) => ({ entry, time: times[i] })).sort((a, b) => b.time - a.time);
  for (const { entry } of newestFirst) {
    const folder = await cachedEntry(`${parent}/${entry}`);
    if (folder !== undefined) return folder;
  }
  return undefined;
}

/**
 * Brings part of a set of data into the cache, once for each commit, under the paths it has there, below `under`; every file is checked by the
 * digest that the hub lists. Goes on where an earlier run ended.
 * @param options.revision a branch, tag or commit; its commit names the entry   @returns the entry's folder
 * @throws InputError that says what the hub refused or lacks; for paths that lead outside and more than 2 GiB
 */
export async function* fetchDataFolder(asked: DataFolder, options: HubOptions = {}): Task<string> {
  const { repository, folder, name } = asked;
  const settings = hubSettings(options.environment ?? process.env);
  const where = `datasets/${repository}, ${folder}`;
  if (settings.offline) {
    throw new InputError({ where, found: "that HF_HUB_OFFLINE is set", expected: "a hub that may be asked" });
  }
  const revision = options.revision ?? "main";
  const hub = await openHub(settings, { repository, revision, dataFolder: folder, recursive: true }, options);
  yield { stage: "download", done: 0, total: 1, note: `${repository}, list of files` };
  const commit = await hub.commit();
  const entryName = `hub/datasets/${repository}/${commit}-${name}`;
  const there = await cachedEntry(entryName);
  if (there !== undefined) return there;
  const wanted = chosen(asked, await hub.files(commit), where);
  const entry = await PartialEntry.open(entryName);
  try {
    for (const file of wanted) await mkdir(dirname(join(entry.folder, file.name)), { recursive: true });
    yield* fetchAll(hub, { entry, commit, wanted, options });
    return await entry.publish();
  } finally {
    await entry.release();
  }
}

function chosen({ wanted, under }: DataFolder, files: readonly Omit<Wanted, "name">[], where: string): Wanted[] {
  const found = files.filter(({ path }) => wanted.some((one) => path === one || path.startsWith(`${one}/`)));
  const unsafe = found.find(({ path }) => !SAFE_PATH.test(path) || path.split("/").includes(".."));
  if (unsafe !== undefined) {
    throw new InputError({
      where,
      found: `the path ${JSON.stringify(unsafe.path.slice(0, 200))}`,
      expected: "files within the folder",
    });
  }
  const bytes = found.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes > MOST_BYTES) throw new InputError({ where, found: `${bytes} bytes`, expected: `at most ${MOST_BYTES}` });
  if (found.length > 0) return found.map((file) => ({ ...file, name: `${under}/${file.path}` }));
  throw new InputError({ where, found: `none of them among ${files.length} files`, expected: wanted.join(", ") });
}

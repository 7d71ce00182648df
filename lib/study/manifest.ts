import { randomBytes } from "node:crypto";
import { open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";

import { z } from "zod";

import { VariantSummary } from "../compression/variant.js";
import { InputError } from "../core/errors.js";
import type { Plain } from "../core/fingerprint.js";
import { TEMPLATE_OF_FILE } from "../text/index.js";

const PlainJson: z.ZodType<Plain> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.number(), z.string(), z.array(PlainJson), z.record(z.string(), PlainJson)]),
);

const RecipeJson = z.object({ method: z.string(), settings: z.record(z.string(), PlainJson) });

const ModelJson = z.object({
  title: z.string(),
  digest: z.string(),
  precision: z.string().default("f32"),
  template: z.string().default(TEMPLATE_OF_FILE.own),
});

const FORMAT = "touchstone study 1";

const Manifest = z.object({
  format: z.literal(FORMAT),
  created: z.string(),
  /** By name: what was compressed and asked. */
  models: z.record(z.string(), ModelJson),
  /** By id, in the order they were first used. */
  variants: z.record(
    z.string(),
    z.object({ title: z.string(), modelDigest: z.string(), recipe: RecipeJson, summary: VariantSummary }),
  ),
  /** By dimension and name: "stereotype/mini". */
  suites: z.record(z.string(), z.object({ digest: z.string(), items: z.number() })),
  /** By purpose: "subset", "decoding", "bootstrap". */
  seeds: z.record(z.string(), z.number()),
  /** Of programs: touchstone, node, the TensorFlow library. */
  versions: z.record(z.string(), z.string()),
  backend: z.string().nullable(),
  threads: z.number().nullable(),
  /** In points, of verdicts on drift: the one in force is the last. More than one: it was changed after looking. */
  margins: z.array(z.object({ margin: z.number(), date: z.string() })).default([]),
});

/** What a study was made from: study.json. */
export type StudyManifest = z.infer<typeof Manifest>;

/** New facts for study.json; entries of maps are added, others replaced. */
export type ManifestChange = Partial<Omit<StudyManifest, "format" | "created">>;

const NAME = "study.json";

/** The manifest of a study folder, undefined where there is none. @throws InputError where it is not one of ours */
export async function readManifest(folder: string): Promise<StudyManifest | undefined> {
  const path = join(folder, NAME);
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const result = Manifest.safeParse(parseJson(text));
  if (result.success) return result.data;
  refuseOtherFormat(path, text);
  const [issue] = result.error.issues;
  throw new InputError({
    where: `${path}, ${issue.path.join(".") || "the whole"}`,
    found: "something else",
    expected: issue.message,
  });
}

/** A study of another version is refused by the version's name. */
function refuseOtherFormat(path: string, text: string): void {
  const { data } = z.object({ format: z.string() }).safeParse(parseJson(text));
  if (data === undefined || data.format === FORMAT) return;
  throw new InputError({
    where: path,
    found: `a study of the format ${JSON.stringify(data.format.slice(0, 60))}`,
    expected: `${JSON.stringify(FORMAT)}, which this version writes and reads`,
    remedy: "open it with the touchstone that made it",
  });
}

/** The manifest of a study that begins. */
export const emptyManifest = (created: Date): StudyManifest => ({
  format: FORMAT,
  created: created.toISOString(),
  models: {},
  variants: {},
  suites: {},
  seeds: {},
  versions: {},
  backend: null,
  threads: null,
  margins: [],
});

/** Facts laid over a manifest. */
export function changed(manifest: StudyManifest, change: ManifestChange): StudyManifest {
  return {
    ...manifest,
    ...change,
    models: { ...manifest.models, ...change.models },
    variants: { ...manifest.variants, ...change.variants },
    suites: { ...manifest.suites, ...change.suites },
    seeds: { ...manifest.seeds, ...change.seeds },
    versions: { ...manifest.versions, ...change.versions },
  };
}

/** Writes study.json. */
export const writeManifest = (folder: string, manifest: StudyManifest): Promise<void> => writeWhole(join(folder, NAME), manifest);

/** Writes a JSON file whole or not at all: another file, flushed, renamed over it. */
export async function writeWhole(path: string, value: object): Promise<void> {
  const draft = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  const file = await open(draft, "w");
  try {
    await file.writeFile(`${JSON.stringify(value, null, 1)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  await syncFolder(dirname(path));
}

/** Flushes a folder's entries, where the system can. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined; // refused by the schema, with the file's name
  }
}

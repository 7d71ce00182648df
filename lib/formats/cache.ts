import { createHash, randomBytes } from "node:crypto";
import { createReadStream, type Stats } from "node:fs";
import { mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { pipeline } from "node:stream/promises";

import { z } from "zod";

/** The name of an entry's manifest within it. */
export const MANIFEST = "entry.json";

/** What an entry's manifest says of one file. */
export const CachedFile = z.object({ bytes: z.number(), modified: z.number(), sha256: z.string() });
/** An entry's manifest: its files by name. */
export const Manifest = z.object({ files: z.record(z.string(), CachedFile) });
/** A file in a manifest. */
export type CachedFile = z.infer<typeof CachedFile>;
/** A manifest as it reads. */
export type Manifest = z.infer<typeof Manifest>;

/** Where downloads, builds and variants are kept, once per user: `TOUCHSTONE_CACHE`, or `touchstone` in the XDG cache folder. */
export function cacheFolder(): string {
  const { TOUCHSTONE_CACHE, XDG_CACHE_HOME } = process.env;
  return TOUCHSTONE_CACHE || join(XDG_CACHE_HOME || join(homedir(), ".cache"), "touchstone");
}

/** The folder of a cache entry that is whole, or undefined. A broken one counts as absent. */
export async function cachedEntry(name: string): Promise<string | undefined> {
  const folder = join(cacheFolder(), name);
  return (await isWhole(folder)) ? folder : undefined;
}

/**
 * The folder of a cache entry; made if it is absent or broken. An entry is whole or not there at all: it is made under a
 * temporary name and renamed, and a manifest of sizes and SHA-256 is checked at each use (hashes where a file's time moved).
 * @param make fills the folder it is given; what it throws leaves no entry
 */
export async function cached(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const whole = await cachedEntry(name);
  if (whole !== undefined) return whole;
  const draft = await draftEntry(name);
  try {
    await make(draft.folder);
    return await draft.publish();
  } finally {
    await draft.discard();
  }
}

/** A cache entry under way; for work that yields while it fills the folder. */
export interface CacheDraft {
  /** Where to put the files. */
  readonly folder: string;
  /** Makes the folder the entry, and gives its new place. */
  publish(): Promise<string>;
  /** Removes what was not published. */
  discard(): Promise<void>;
}

/** Begins a cache entry. Whoever begins one discards it in a `finally`; what a killed process left of one is removed here. */
export async function draftEntry(name: string): Promise<CacheDraft> {
  const folder = join(cacheFolder(), name);
  await removeOrphans(folder);
  const draft = `${folder}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  await mkdir(draft, { recursive: true });
  return {
    folder: draft,
    publish: async () => {
      await writeManifest(draft);
      if (await isWhole(folder)) return folder; // someone else was faster, and may be reading it
      await rm(folder, { recursive: true, force: true });
      await publish(draft, folder);
      return folder;
    },
    discard: () => rm(draft, { recursive: true, force: true }),
  };
}

/** SHA-256 of a file, in hex, read in a stream. */
export async function fileDigest(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}

const ORPHANED_AFTER_MS = 600_000;

/** Removes drafts of an entry whose process is gone. The age spares those of another machine that shares the folder. */
async function removeOrphans(folder: string): Promise<void> {
  const names = await readdir(dirname(folder)).catch(() => []);
  for (const name of names) {
    const pid = name.startsWith(`${basename(folder)}.`) ? /\.(\d+)-[0-9a-f]{8}\.tmp$/.exec(name)?.[1] : undefined;
    if (pid === undefined || isAlive(Number(pid))) continue;
    const path = join(dirname(folder), name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs > ORPHANED_AFTER_MS) await rm(path, { recursive: true, force: true });
  }
}

/** Whether there is a process of this number, also another user's. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"; // it lives, but is another user's
  }
}

/** Renames; if another process was first and its entry is whole, that one stays. */
async function publish(draft: string, folder: string): Promise<void> {
  try {
    await rename(draft, folder);
  } catch (error) {
    if (!(await isWhole(folder))) throw error;
  }
}

async function writeManifest(folder: string): Promise<void> {
  const files: Record<string, CachedFile> = {};
  for (const path of await filesBelow(folder)) {
    const { size, mtimeMs } = await stat(path);
    files[relative(folder, path)] = { bytes: size, modified: mtimeMs, sha256: await fileDigest(path) };
  }
  await writeFile(join(folder, MANIFEST), JSON.stringify({ files }, null, 1));
}

async function isWhole(folder: string): Promise<boolean> {
  try {
    const { files } = Manifest.parse(JSON.parse(await readFile(join(folder, MANIFEST), "utf8")));
    const entries = Object.entries(files).map(([name, file]) => ({ path: join(folder, name), file }));
    const found = await Promise.all(entries.map(({ path }) => stat(path))); // at once: a Python environment has 15,000 files
    for (const [i, { path, file }] of entries.entries()) if (!(await isUnchanged(path, file, found[i]))) return false;
    return true;
  } catch {
    return false; // no manifest, or one that no longer reads: made anew
  }
}

/** Whether a file is the one of its manifest: by size and time, by its hash where the time moved. */
export async function isUnchanged(path: string, file: CachedFile, { size, mtimeMs, atime }: Stats): Promise<boolean> {
  if (size !== file.bytes) return false;
  if (mtimeMs === file.modified) return true;
  if ((await fileDigest(path)) !== file.sha256) return false;
  await utimes(path, atime, file.modified / 1000); // the same bytes: spare the next look the hash
  return true;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

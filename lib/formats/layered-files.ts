import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { InputError } from "../core/errors.js";
import { isArchive, unpackArchive } from "./archive.js";

/** Files under one set of paths ("data/ood/style.json"), wherever they lie. */
export interface LayeredFiles {
  /** For errors. */
  readonly where: string;
  /** Where a file is on disk; undefined where there is none. Whoever reads it names this path in errors. */
  locate(path: string): Promise<string | undefined>;
  /** A file's bytes, taken into the digest. @throws InputError where there is none */
  read(path: string): Promise<Buffer>;
  /** Names in a folder, sorted; none where it is absent. */
  list(folder: string): Promise<readonly string[]>;
  /** SHA-256 over names and bytes of all that was read so far, in hex, whatever the order and however often. */
  digest(): string;
}

/**
 * A folder, one with tar archives, or several such folders: an earlier one lies over a later one, and a folder over its own
 * archives.
 * @param wanted what will be read, below the folder: nothing else of an archive is unpacked
 */
export async function openLayered(dirs: readonly string[], wanted: readonly string[]): Promise<LayeredFiles> {
  const folders: string[] = [];
  for (const dir of dirs) {
    folders.push(dir);
    const archives = (await readdir(dir)).filter(isArchive).sort();
    for (const name of archives) folders.push(await unpackArchive(join(dir, name), wanted));
  }
  return layered(folders, dirs.join(", "));
}

function layered(folders: readonly string[], where: string): LayeredFiles {
  const digests = new Map<string, string>();
  const locate = (path: string): Promise<string | undefined> => firstFile(folders, path);
  return {
    where,
    locate,
    read: async (path) => {
      const found = await locate(path);
      if (found === undefined)
        throw new InputError({ where: join(where, path), found: "no such file", expected: "one that can be read" });
      const bytes = await readFile(found);
      digests.set(path, createHash("sha256").update(bytes).digest("hex"));
      return bytes;
    },
    list: async (folder) => {
      const names = await Promise.all(folders.map((parent) => readdir(join(parent, folder)).catch(() => [])));
      return [...new Set(names.flat())].sort();
    },
    digest: () => {
      const lines = [...digests].map(([path, digest]) => `${digest} ${path}\n`).sort();
      return createHash("sha256").update(lines.join("")).digest("hex");
    },
  };
}

async function firstFile(folders: readonly string[], path: string): Promise<string | undefined> {
  for (const folder of folders) {
    const found = await stat(join(folder, path)).catch(() => undefined);
    if (found?.isFile()) return join(folder, path);
  }
  return undefined;
}

/** Is there a folder of that name? */
export const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false;

/** Is there a file of that name? */
export const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined))?.isFile() ?? false;

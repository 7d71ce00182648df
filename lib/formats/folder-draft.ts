import { randomBytes } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, statfs, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import { InputError } from "../core/errors.js";

/** A folder under way: its files are written under another name, and it appears whole or not at all. */
export interface FolderDraft {
  /** Where to put the files. */
  readonly folder: string;
  write(name: string, content: string | Uint8Array): Promise<void>;
  /** Copies those of the named files that a folder has. */
  copy(from: string, names: readonly string[]): Promise<void>;
  /** The files so far. */
  names(): Promise<readonly string[]>;
  /** Renames the draft to what was asked for, in place of an empty folder or of an earlier one of ours. */
  publish(): Promise<void>;
  /** Removes what was not published. */
  discard(): Promise<void>;
}

/**
 * Begins a folder beside the place where it is to stand.
 * @param owns whether the files of a folder that stands there already, by name, are ours to replace
 * @throws InputError if that folder has files of others, is none, or the disk has less space than `bytes`
 */
export async function draftFolder(
  path: string,
  { bytes, owns }: { bytes: number; owns: (folder: string, names: readonly string[]) => Promise<boolean> },
): Promise<FolderDraft> {
  const target = resolve(path);
  await checkTarget(target, owns);
  const draft = `${target}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  await onDisk(target, () => mkdir(draft, { recursive: true }));
  try {
    await checkSpace(target, bytes);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
  return {
    folder: draft,
    write: (name, content) => onDisk(target, () => writeFile(join(draft, name), content, { flag: "wx" })),
    copy: async (from, names) => {
      for (const name of names) {
        const found = await stat(join(from, name)).catch(() => undefined);
        if (found?.isFile() === true) await onDisk(target, () => copyFile(join(from, name), join(draft, name)));
      }
    },
    names: () => readdir(draft),
    publish: async () => {
      await checkTarget(target, owns); // again: writing took its time
      const old = `${draft}.old`;
      const replaces = (await namesIn(target)) !== undefined;
      await onDisk(target, async () => {
        if (replaces) await rename(target, old);
        await rename(draft, target);
      });
      if (replaces) await rm(old, { recursive: true, force: true });
    },
    discard: () => rm(draft, { recursive: true, force: true }),
  };
}

/** A small text file, or undefined where there is none. */
export const readTextIfThere = (path: string): Promise<string | undefined> => readFile(path, "utf8").catch(() => undefined);

/** Runs what writes; a full disk and a forbidden place become an InputError that says so. */
export async function onDisk<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const reason = REASONS[code];
    if (reason === undefined) throw error;
    throw new InputError({ where: path, found: `${reason} (${code})`, expected: "a place to write to", remedy: "take another" });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "no space left on the disk",
  EDQUOT: "no space left in the quota",
  EROFS: "a disk that can only be read",
  EACCES: "a place that may not be written to",
  EPERM: "a place that may not be written to",
  ENOTDIR: "a file where a folder is needed",
};

async function namesIn(folder: string): Promise<string[] | undefined> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) return undefined;
  if (found.isDirectory()) return readdir(folder);
  throw new InputError({ where: folder, found: "a file", expected: "a folder, or nothing yet" });
}

async function checkTarget(target: string, owns: (folder: string, names: readonly string[]) => Promise<boolean>): Promise<void> {
  const names = await namesIn(target);
  if (names === undefined || names.length === 0 || (await owns(target, names))) return;
  throw new InputError({
    where: target,
    found: `a folder with other files (${names.slice(0, 3).join(", ")})`,
    expected: "an empty folder, none yet, or an earlier export",
    remedy: "take another folder",
  });
}

async function checkSpace(target: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(target));
  const free = bavail * bsize;
  if (free >= bytes) return;
  throw new InputError({
    where: target,
    found: `${mebibytes(free)} free on the disk`,
    expected: `${mebibytes(bytes)}, the size of the export`,
    remedy: "free some space, or take another disk",
  });
}

const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;

import { execFile } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { InputError } from "../../../lib/core/errors.js";
import { cached, fileDigest } from "../../../lib/formats/cache.js";

const run = promisify(execFile);
const LISTING_BYTES = 64 * 1024 * 1024;
const ARCHIVE = /\.tar(\.[a-z0-9]+)?$/;

/**
 * The folders to look for files in, in order: each DIR itself, and the parts of its archives that are asked for, unpacked into
 * the cache under the archive's digest.
 */
export async function overlay(dirs: readonly string[], prefixes: readonly string[]): Promise<string[]> {
  const folders: string[] = [];
  for (const dir of dirs) {
    folders.push(dir);
    const archives = (await readdir(dir)).filter((name) => ARCHIVE.test(name)).sort();
    for (const name of archives) folders.push(await unpack(join(dir, name), prefixes));
  }
  return folders;
}

/** The first of the folders that has the file: an earlier DIR lies over a later one. */
export async function locate(folders: readonly string[], path: string): Promise<string | undefined> {
  for (const folder of folders) {
    const found = await stat(join(folder, path)).catch(() => undefined);
    if (found?.isFile()) return join(folder, path);
  }
  return undefined;
}

/** @throws InputError for an archive with links, or with names that lead outside */
async function unpack(archive: string, prefixes: readonly string[]): Promise<string> {
  const key = `${(await fileDigest(archive)).slice(0, 32)}-stereotype`;
  return cached(join("parity", key), async (folder) => {
    const { stdout } = await run("tar", ["--list", "--verbose", "--file", archive], { maxBuffer: LISTING_BYTES });
    const members = stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => checkMember(line, archive));
    const wanted = prefixes.filter((prefix) => members.some((member) => member.startsWith(prefix)));
    if (wanted.length > 0) {
      await run("tar", ["--extract", "--no-same-owner", "--file", archive, "--directory", folder, ...wanted], {
        maxBuffer: LISTING_BYTES,
      });
    }
  });
}

/** The name in a line of `tar --list --verbose`: mode, owner, size, date, time, name. */
function checkMember(line: string, archive: string): string {
  const name = line.split(/\s+/).slice(5).join(" ");
  const outside = name.startsWith("/") || name.split("/").includes("..");
  if (!/^[-d]/.test(line) || outside) {
    throw new InputError({
      where: archive,
      found: `the entry ${JSON.stringify(name)}`,
      expected: "plain files and folders below it",
    });
  }
  return name;
}

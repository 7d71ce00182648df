import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { InputError } from "../core/errors.js";
import { cached, fileDigest } from "./cache.js";

const run = promisify(execFile);
const LISTING_BYTES = 64 * 1024 * 1024;
/** Far above any data set of this field; what is larger is no text. */
const MOST_BYTES = 4 * 1024 ** 3;

/** Is the name that of an archive which `unpackArchive` reads? */
export const isArchive = (name: string): boolean => /\.tar(\.[a-z0-9]+)?$/.test(name);

/**
 * Unpacks those members of a tar archive that are under one of the prefixes into the cache, once; needs the system's `tar`.
 * @returns the folder
 * @throws InputError for an archive with links, with names that lead outside, or of more than 4 GiB in all
 */
export async function unpackArchive(archive: string, prefixes: readonly string[]): Promise<string> {
  const key = `${(await fileDigest(archive)).slice(0, 32)}-${prefixes
    .join("+")
    .replace(/[^\w.+-]/g, "_")
    .slice(0, 120)}`;
  return cached(join("archives", key), async (folder) => {
    const { stdout } = await run("tar", ["--list", "--verbose", "--file", archive], { maxBuffer: LISTING_BYTES });
    const members = stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => checkMember(line, archive));
    const bytes = members.reduce((sum, member) => sum + member.bytes, 0);
    if (bytes > MOST_BYTES) {
      throw new InputError({ where: archive, found: `${bytes} bytes unpacked`, expected: `${MOST_BYTES} at most` });
    }
    const wanted = prefixes.filter((prefix) => members.some(({ name }) => name === prefix || name.startsWith(`${prefix}/`)));
    if (wanted.length === 0) return;
    const into = ["--extract", "--no-same-owner", "--file", archive, "--directory", folder];
    await run("tar", [...into, "--", ...wanted], { maxBuffer: LISTING_BYTES });
  });
}

/** Size and name in a line of `tar --list --verbose`: mode, owner, size, date, time, name. */
function checkMember(line: string, archive: string): { readonly name: string; readonly bytes: number } {
  const [mode, , size, , , ...words] = line.split(/\s+/);
  const name = words.join(" ");
  const outside = name.startsWith("/") || name.split("/").includes("..");
  if (!/^[-d]/.test(mode) || outside) {
    throw new InputError({
      where: archive,
      found: `the entry ${JSON.stringify(name)}`,
      expected: "plain files and folders below it",
    });
  }
  return { name, bytes: Number(size) };
}

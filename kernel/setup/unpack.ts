import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";

import { openPromise, type Entry, type ZipFile } from "yauzl";

/**
 * Unpacks chosen members of a zip archive (a wheel is one), each under its own path below a folder.
 * @throws Error if a wanted member is absent, or if any member's name leads out of the folder
 */
export async function unpackMembers(archive: string, folder: string, wanted: readonly string[]): Promise<void> {
  const missing = new Set(wanted);
  const zip = await openPromise(archive);
  try {
    for await (const entry of zip.eachEntry()) {
      const target = targetWithin(folder, entry.fileName);
      if (missing.delete(entry.fileName)) await unpackEntry(zip, entry, target);
    }
  } finally {
    zip.close();
  }
  if (missing.size > 0) throw new Error(`${archive} lacks ${[...missing].join(", ")}`);
}

function targetWithin(folder: string, name: string): string {
  const target = resolve(folder, name);
  if (!target.startsWith(resolve(folder) + sep))
    throw new Error(`the archive's member ${JSON.stringify(name)} leads out of its folder`);
  return target;
}

async function unpackEntry(zip: ZipFile, entry: Entry, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target));
}

import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { InputError } from "../core/errors.js";
import { cacheFolder, isAlive, isUnchanged, MANIFEST, Manifest } from "./cache.js";

const LOCK = "work.lock";

/**
 * A cache entry that grows file by file over several runs, and takes its place when it is whole. It stands at `NAME.partial`,
 * its manifest lists what is finished, and one process at a time works in it.
 */
export class PartialEntry {
  readonly folder: string;
  readonly #place: string;
  #files: Manifest["files"];

  private constructor(place: string, files: Manifest["files"]) {
    this.#place = place;
    this.folder = `${place}.partial`;
    this.#files = files;
  }

  /** Takes up an entry. @param work what is done in it, for the error: "download"   @throws InputError if another process works in it */
  static async open(name: string, work = "download"): Promise<PartialEntry> {
    const place = join(cacheFolder(), name);
    await mkdir(`${place}.partial`, { recursive: true });
    await takeLock(`${place}.partial`, work);
    return new PartialEntry(place, await finishedFiles(`${place}.partial`));
  }

  /** Whether a file is there as it was finished. */
  async has(name: string): Promise<boolean> {
    const file = Object.hasOwn(this.#files, name) ? this.#files[name] : undefined;
    const path = join(this.folder, name);
    const found = await stat(path).catch(() => undefined);
    return file !== undefined && found !== undefined && (await isUnchanged(path, file, found));
  }

  /** Removes a file that isn't finished. */
  remove = (name: string): Promise<void> => rm(join(this.folder, name), { force: true });

  /** Notes that a file is whole, in a manifest that is whole at any time. */
  async finished(name: string, sha256: string): Promise<void> {
    const { size, mtimeMs } = await stat(join(this.folder, name));
    this.#files = { ...this.#files, [name]: { bytes: size, modified: mtimeMs, sha256 } };
    const draft = join(this.folder, `${MANIFEST}.draft`);
    await writeFile(draft, JSON.stringify({ files: this.#files }, null, 1));
    await rename(draft, join(this.folder, MANIFEST));
  }

  /** Puts the entry in its place. @returns its folder */
  async publish(): Promise<string> {
    await rm(this.#place, { recursive: true, force: true }); // a broken one: a whole one would have been taken
    await rm(join(this.folder, LOCK), { force: true });
    await rename(this.folder, this.#place);
    return this.#place;
  }

  /** Lets go of it; what is there stays for the next run. */
  release = (): Promise<void> => rm(join(this.folder, LOCK), { force: true });

  /** Lets go of it, and removes it where no file is finished. */
  async releaseOrRemove(): Promise<void> {
    if (Object.keys(this.#files).length > 0) return this.release();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function finishedFiles(folder: string): Promise<Manifest["files"]> {
  try {
    return Manifest.parse(JSON.parse(await readFile(join(folder, MANIFEST), "utf8"))).files;
  } catch {
    return {}; // none yet, or one that no longer reads: the files are fetched again
  }
}

async function takeLock(folder: string, work: string): Promise<void> {
  const path = join(folder, LOCK);
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      await writeFile(path, String(process.pid), { flag: "wx" });
      return;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    const pid = Number(await readFile(path, "utf8").catch(() => "0"));
    if (isAlive(pid)) {
      throw new InputError({
        where: folder,
        found: `a ${work} under way in process ${pid}`,
        expected: "one at a time",
        remedy: "wait for it, and run the same command again",
      });
    }
    await rm(path, { force: true });
  }
  throw new InputError({ where: folder, found: "a lock that changes hands", expected: `one ${work} at a time` });
}

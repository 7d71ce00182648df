import { randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";

import { cacheFolder } from "./cache.js";

/** Floats on disk while a process lives. */
export interface ScratchFile {
  /** `count` floats from the place `at`, counted in floats; a fresh array. @throws Error if they were not written */
  read(at: number, count: number): Promise<Float32Array>;
  write(at: number, values: Float32Array): Promise<void>;
  close(): Promise<void>;
}

/**
 * A file without a name in the cache folder: it is in no folder from the start, so that it cannot outlive the process. The
 * system's temporary folder may lie in memory.
 */
export async function openScratchFile(): Promise<ScratchFile> {
  const file = await openNameless();
  return {
    read: async (at, count) => {
      const values = new Float32Array(count);
      const into = new Uint8Array(values.buffer);
      await transfer(into.length, async (done) => (await file.read(into, done, into.length - done, 4 * at + done)).bytesRead);
      return values;
    },
    write: (at, values) => {
      const from = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      return transfer(
        from.length,
        async (done) => (await file.write(from, done, from.length - done, 4 * at + done)).bytesWritten,
      );
    },
    close: () => file.close(),
  };
}

async function openNameless(): Promise<FileHandle> {
  await mkdir(cacheFolder(), { recursive: true });
  const path = join(cacheFolder(), `scratch-${process.pid}-${randomBytes(4).toString("hex")}.tmp`);
  const file = await open(path, "wx+");
  await rm(path);
  return file;
}

/** Goes on until all bytes have moved: a call may move fewer. */
async function transfer(bytes: number, move: (done: number) => Promise<number>): Promise<void> {
  for (let done = 0; done < bytes;) {
    const moved = await move(done);
    if (moved === 0) throw new Error("the scratch file ends early");
    done += moved;
  }
}

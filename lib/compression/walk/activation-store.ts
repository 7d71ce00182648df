import { randomBytes } from "node:crypto";
import { mkdir, open, rm, type FileHandle } from "node:fs/promises";
import { join } from "node:path";

import { cacheFolder } from "../../formats/index.js";

/** Activations of a calibration set in chunks of one size, in memory or in a file. */
export interface ActivationStore {
  readonly chunks: number;
  /** A chunk, which nobody writes to. */
  read(chunk: number): Promise<Float32Array>;
  write(chunk: number, values: Float32Array): Promise<void>;
  close(): Promise<void>;
}

/** How much there is to hold. */
export interface ActivationSize {
  readonly chunks: number;
  /** Floats a chunk. */
  readonly floats: number;
  /** Bytes that are held in memory at most; more go into a file. */
  readonly limitBytes: number;
}

/** A store in memory where the limit allows, else in a file that is gone when the process is. */
export function openActivations(size: ActivationSize): Promise<ActivationStore> {
  return 4 * size.chunks * size.floats <= size.limitBytes ? Promise.resolve(inMemory(size)) : inFile(size);
}

function inMemory({ chunks, floats }: ActivationSize): ActivationStore {
  const held: Float32Array[] = [];
  return {
    chunks,
    read: (chunk) => (chunk in held ? Promise.resolve(held[chunk]) : Promise.reject(unwritten(chunk))),
    write: async (chunk, values) => {
      checkFloats(values, floats);
      held[chunk] = values;
      return Promise.resolve();
    },
    close: () => {
      held.length = 0;
      return Promise.resolve();
    },
  };
}

async function inFile({ chunks, floats }: ActivationSize): Promise<ActivationStore> {
  const file = await openNameless();
  const written = new Set<number>();
  const bytes = 4 * floats;
  return {
    chunks,
    read: async (chunk) => {
      if (!written.has(chunk)) throw unwritten(chunk);
      const values = new Float32Array(floats);
      await transfer(bytes, (done) => file.read(new Uint8Array(values.buffer), done, bytes - done, chunk * bytes + done));
      return values;
    },
    write: async (chunk, values) => {
      checkFloats(values, floats);
      const from = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      await transfer(bytes, (done) => file.write(from, done, bytes - done, chunk * bytes + done));
      written.add(chunk);
    },
    close: () => file.close(),
  };
}

/** A file without a name: it is in no folder from the start, so that it cannot outlive the process. */
async function openNameless(): Promise<FileHandle> {
  const folder = cacheFolder(); // not the system's temporary folder, which may lie in memory
  await mkdir(folder, { recursive: true });
  const path = join(folder, `activations-${process.pid}-${randomBytes(4).toString("hex")}.tmp`);
  const file = await open(path, "wx+");
  await rm(path);
  return file;
}

/** Goes on until all bytes have moved: a call may move fewer. */
async function transfer(
  bytes: number,
  move: (done: number) => Promise<{ readonly bytesRead: number } | { readonly bytesWritten: number }>,
): Promise<void> {
  for (let done = 0; done < bytes;) {
    const result = await move(done);
    const moved = "bytesRead" in result ? result.bytesRead : result.bytesWritten;
    if (moved === 0) throw new Error("the file of activations ends early");
    done += moved;
  }
}

function checkFloats(values: Float32Array, floats: number): void {
  if (values.length !== floats) throw new Error(`${values.length} activations in a chunk of ${floats}`);
}

const unwritten = (chunk: number): Error => new Error(`activations of chunk ${chunk} were not written`);

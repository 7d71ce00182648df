import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

import { InputError } from "../core/errors.js";

/** Positioned reads of one file that stay within its size and notice when it changes. */
export interface ByteReader {
  readonly path: string;
  /** Size of the file in bytes, as it was when it was opened. */
  readonly bytes: number;
  /**
   * A fresh array of `length` bytes from `offset`.
   * @param field what is read, for the error
   * @throws InputError if the file ends before, or has changed since it was opened
   */
  read(field: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** SHA-256 of the whole file, in hex, read in a stream. @throws InputError if the file has changed since it was opened */
  digest(): Promise<string>;
  close(): Promise<void>;
}

/** Node reads at most 2 GiB a call; a quarter keeps a read's time short. */
const LONGEST_READ = 2 ** 29;

/** @throws InputError if there is no such file, or it is a folder */
export async function openByteReader(path: string): Promise<ByteReader> {
  const handle = await openRegularFile(path);
  const opened = await identity(handle);
  const check = async (field: string): Promise<void> => {
    const now = await identity(handle);
    if (now.size === opened.size && now.modified === opened.modified) return;
    const found = now.size === opened.size ? "another time of change" : `${now.size} bytes instead of ${opened.size}`;
    throw new InputError({
      where: `${path}, ${field}`,
      found: `a file that has changed since it was opened (${found})`,
      expected: "the same file as at the start",
      remedy: "load the model again",
    });
  };
  return {
    path,
    bytes: Number(opened.size),
    read: async (field, offset, length) => {
      if (offset + length > Number(opened.size)) throw endsBefore(path, field, { offset, length, bytes: Number(opened.size) });
      const bytes = new Uint8Array(length);
      await readFully(handle, bytes, offset);
      await check(field); // afterwards, so that a change during the read is seen as well
      return bytes;
    },
    digest: async () => {
      const hash = createHash("sha256");
      await pipeline(handle.createReadStream({ start: 0, autoClose: false, highWaterMark: 2 ** 20 }), hash);
      await check("contents");
      return hash.digest("hex");
    },
    close: () => handle.close(),
  };
}

async function openRegularFile(path: string): Promise<FileHandle> {
  const handle = await open(path, "r").catch((error: unknown) => {
    const found = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new InputError({ where: path, found: `no readable file (${found})`, expected: "a model file" });
  });
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new InputError({ where: path, found: "something that is no regular file", expected: "a model file" });
}

async function identity(handle: FileHandle): Promise<{ size: bigint; modified: bigint }> {
  const { size, mtimeNs } = await handle.stat({ bigint: true });
  return { size, modified: mtimeNs };
}

/** A file that became shorter leaves the rest zero; the check after the read tells. */
async function readFully(handle: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(LONGEST_READ, bytes.length - done), offset + done);
    if (bytesRead === 0) return;
    done += bytesRead;
  }
}

function endsBefore(path: string, field: string, at: { offset: number; length: number; bytes: number }): InputError {
  return new InputError({
    where: `${path}, ${field}, offset ${at.offset}`,
    found: `a file of ${at.bytes} bytes`,
    expected: `${at.length} bytes from there`,
    remedy: "the file is cut short or damaged; fetch it again",
  });
}

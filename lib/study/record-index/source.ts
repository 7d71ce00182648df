import { type FileHandle, open, stat } from "node:fs/promises";
import { crc32 } from "node:zlib";

import type { Line } from "./builder.js";

/** What tells whether a file of records is still the one that was indexed. */
export interface SourceMark {
  /** Bytes of the whole lines that were indexed. */
  readonly bytes: number;
  /** CRC-32 of these bytes. */
  readonly check: number;
  /** Of the file as it was then; empty where it had just been changed, so that another change might have looked the same. */
  readonly stamp: string;
}

const CHUNK = 2 ** 22;
/** A file system's clock may count in steps of up to 2 s (FAT). */
const CLOCK_STEP_MS = 2_000;

/**
 * Size and times of a file in one text; empty where it was changed so lately that another change might not show in it.
 * @returns undefined where there is no such file
 */
export async function stampOf(path: string, now: number): Promise<string | undefined> {
  try {
    const { size, mtimeNs, ctimeNs, ino } = await stat(path, { bigint: true });
    const changed = Number((mtimeNs > ctimeNs ? mtimeNs : ctimeNs) / 1_000_000n);
    return now - changed > CLOCK_STEP_MS ? [size, mtimeNs, ctimeNs, ino].join() : "";
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** CRC-32 of a file's first bytes; undefined where it has fewer. */
export async function checkOfPrefix(path: string, bytes: number): Promise<number | undefined> {
  const file = await open(path, "r");
  try {
    if ((await file.stat()).size < bytes) return undefined;
    let check = 0;
    for await (const chunk of chunks(file, 0, bytes)) check = crc32(chunk, check);
    return check;
  } finally {
    await file.close();
  }
}

/** A whole line of a file, and whether bytes follow it. */
export interface WholeLine extends Line {
  /** Valid until the next batch. */
  readonly content: Buffer;
  readonly isLast: boolean;
}

/** The whole lines of a file from a byte on, in batches, in bounded memory; what stands behind the last line end is left out. */
export async function* wholeLines(path: string, from: number): AsyncGenerator<WholeLine[]> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    let rest = Buffer.alloc(0);
    let offset = from;
    for await (const chunk of chunks(file, from, size)) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const lines = linesIn(bytes, offset, size);
      yield lines;
      const read = lines.reduce((sum, line) => sum + line.bytes + 1, 0);
      rest = Buffer.from(bytes.subarray(read));
      offset += read;
    }
  } finally {
    await file.close();
  }
}

function linesIn(bytes: Buffer, offset: number, size: number): WholeLine[] {
  const lines: WholeLine[] = [];
  for (let start = 0, end = bytes.indexOf(0x0a); end >= 0; start = end + 1, end = bytes.indexOf(0x0a, start)) {
    const content = bytes.subarray(start, end);
    lines.push({
      ...{ content, offset: offset + start, bytes: content.length },
      ...{ check: crc32(content), isLast: offset + end + 1 === size },
    });
  }
  return lines;
}

async function* chunks(file: FileHandle, from: number, to: number): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(0, to - from)));
  for (let at = from; at < to;) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, to - at), at);
    if (bytesRead === 0) return; // cut off while it was read: the next check of its size says so
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

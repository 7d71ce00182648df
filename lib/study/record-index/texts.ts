import { closeSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";

import { z } from "zod";

import { InputError } from "../../core/errors.js";
import { numbersOf, type RecordColumns, wholesOf } from "./columns.js";

/** What an index leaves in the file. */
export interface RecordTexts {
  readonly prompt: string;
  readonly output: string;
}

const TextsJson = z.object({ generation: z.object({ prompt: z.string(), text: z.string() }) });

/** Texts kept for the next look at them. */
const KEPT = 4096;
/** Read at once where rows follow one another. */
const AHEAD = 2 ** 18;

/**
 * Prompt and answer of a row, read from the file of records when they are asked for.
 * @returns a function that throws an InputError where the file is no longer the one that was indexed
 */
export function recordTexts(columns: RecordColumns): (row: number) => RecordTexts {
  const [offsets, lengths, checks] = [numbersOf(columns, "offset"), wholesOf(columns, "bytes"), wholesOf(columns, "check")];
  const kept = new Map<number, RecordTexts>();
  const read = lineReader(columns.path);
  return (row) => {
    const known = kept.get(row);
    if (known !== undefined) return known;
    const line = read(offsets[row], lengths[row]);
    if (crc32(line) !== checks[row]) throw changed(columns.path);
    const { generation } = TextsJson.parse(JSON.parse(line.toString("utf8")));
    const texts = { prompt: generation.prompt, output: generation.text };
    const oldest = kept.size >= KEPT ? kept.keys().next().value : undefined;
    if (oldest !== undefined) kept.delete(oldest);
    kept.set(row, texts);
    return texts;
  };
}

function lineReader(path: string): (offset: number, bytes: number) => Buffer {
  let block: { readonly start: number; readonly content: Buffer } = { start: 0, content: Buffer.alloc(0) };
  let nextOffset = -1;
  return (offset, bytes) => {
    const end = block.start + block.content.length;
    if (offset < block.start || offset + bytes > end) {
      const size = offset === nextOffset ? Math.max(AHEAD, bytes) : bytes;
      block = { start: offset, content: readAt(path, offset, size) };
    }
    nextOffset = offset + bytes + 1;
    return block.content.subarray(offset - block.start, offset - block.start + bytes);
  };
}

/** At most so many bytes; fewer at the end of the file. */
function readAt(path: string, offset: number, bytes: number): Buffer {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    throw changed(path);
  }
  try {
    const content = Buffer.allocUnsafeSlow(bytes);
    return content.subarray(0, readSync(file, content, 0, bytes, offset));
  } finally {
    closeSync(file);
  }
}

const changed = (path: string): InputError =>
  new InputError({
    where: path,
    found: "other records than when the table was made",
    expected: "the same file: records are only appended",
    remedy: "make the table again with %results",
  });

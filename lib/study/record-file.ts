import { open } from "node:fs/promises";

import { InputError } from "../core/errors.js";
import { formatJsonLines, readJsonLines } from "../formats/json-lines.js";
import type { ItemRecord } from "./record.js";
import { readRecord, type RecordPlace } from "./record-json.js";

/** One append-only file of records, read once and then kept up with what is appended. */
export interface RecordFile {
  readonly records: readonly ItemRecord[];
  /** Bytes of a line that a killed process left unfinished; dropped, and cut off before the next append. */
  readonly tornBytes: number;
  /** Written and flushed when it returns; if it throws, what was written of it is cut off by the next append. */
  append(records: readonly ItemRecord[]): Promise<void>;
}

/**
 * @param place whose records these are
 * @throws InputError with file and line for a line that is no record of that place, unless it is a torn last one
 */
export async function openRecordFile(path: string, place: RecordPlace): Promise<RecordFile> {
  const { rows, wholeBytes, tornBytes } = await readJsonLines(path);
  const records = rows.map(({ line, value }) => readRecord(value, `${path}, line ${line}`, place));
  let end = wholeBytes;
  return {
    records,
    tornBytes,
    append: async (added) => {
      end = await writeAt(path, end, Buffer.from(formatJsonLines(added)));
      records.push(...added);
    },
  };
}

/** @returns the new end */
async function writeAt(path: string, end: number, bytes: Buffer): Promise<number> {
  const file = await open(path, "a+");
  try {
    const { size } = await file.stat();
    if (size < end)
      throw new InputError({ where: path, found: `${size} bytes`, expected: `the ${end} that were there when it was opened` });
    if (size > end) await file.truncate(end);
    await file.appendFile(bytes);
    await file.datasync();
  } finally {
    await file.close();
  }
  return end + bytes.length;
}

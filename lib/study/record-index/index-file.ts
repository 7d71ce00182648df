import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";

import { z } from "zod";

import type { CodedTexts, RecordColumns } from "./columns.js";
import type { SourceMark } from "./source.js";

/** The columns of a file of records, and of which state of that file they are. */
export interface RecordIndex {
  readonly columns: RecordColumns;
  readonly source: SourceMark;
}

/** Raised whenever what a column means or holds changes: older files are then made again. */
const MAGIC = "touchst1";
const START = 16; // magic [8], length of the head u32, CRC-32 of all behind these 16 bytes u32; the host's byte order

const Head = z.object({
  variant: z.string(),
  dimension: z.string(),
  rows: z.number().int().nonnegative(),
  source: z.object({ bytes: z.number(), check: z.number(), stamp: z.string() }),
  texts: z.array(z.object({ name: z.string(), values: z.array(z.string().nullable()).min(1) })),
  numbers: z.array(z.string()),
  wholes: z.array(z.string()),
});

/** The index in a file; undefined where there is none, or none that can be relied on. @param records the file that it is of */
export async function readIndexFile(path: string, records: string): Promise<RecordIndex | undefined> {
  try {
    const bytes = await readFile(path);
    return decodeIndex(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength), records);
  } catch {
    return undefined; // whatever is wrong with it, it is made again
  }
}

/** Writes it whole or not at all; not flushed, as its CRC tells what a power cut leaves of it. A folder that can't be written to has no index. */
export async function writeIndexFile(path: string, index: RecordIndex): Promise<void> {
  const draft = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  try {
    const made = await mkdir(dirname(path), { recursive: true });
    if (made !== undefined) await writeFile(join(dirname(path), ".gitignore"), "*\n");
    await writeFile(draft, encodeIndex(index));
    await rename(draft, path);
  } catch {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

/** An index as bytes: a head of JSON, then the arrays in its order, 8-byte numbers first. */
export function encodeIndex({ columns, source }: RecordIndex): Buffer {
  const { variant, dimension, rows, texts, numbers, wholes } = columns;
  const head = Buffer.from(
    JSON.stringify({
      ...{ variant, dimension, rows, source },
      texts: [...texts].map(([name, { values }]) => ({ name, values })),
      ...{ numbers: [...numbers.keys()], wholes: [...wholes.keys()] },
    }),
  );
  const padded = Buffer.concat([head, Buffer.alloc((8 - (head.length % 8)) % 8, " ")]);
  const arrays = [...numbers.values(), ...wholes.values(), ...[...texts.values()].map(({ codes }) => codes)];
  const body = [padded, ...arrays.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength))];
  const start = Buffer.alloc(START);
  start.write(MAGIC, "latin1");
  start.writeUInt32LE(padded.length, 8);
  start.writeUInt32LE(
    body.reduce((check, part) => crc32(part, check), 0),
    12,
  );
  return Buffer.concat([start, ...body]);
}

/** The reverse. @throws an error of any kind where the bytes are no such index */
export function decodeIndex(bytes: ArrayBuffer, records: string): RecordIndex {
  const whole = Buffer.from(bytes);
  const headLength = whole.readUInt32LE(8);
  if (whole.toString("latin1", 0, 8) !== MAGIC || whole.readUInt32LE(12) !== crc32(whole.subarray(START)))
    throw new Error("no index of this version");
  const head = Head.parse(JSON.parse(whole.toString("utf8", START, START + headLength)));
  const { variant, dimension, rows, source } = head;
  let at = START + headLength;
  const next = (size: number): number => (at += size * rows) - size * rows;
  const numbers = new Map(head.numbers.map((name) => [name, new Float64Array(bytes, next(8), rows)]));
  const wholes = new Map(head.wholes.map((name) => [name, new Uint32Array(bytes, next(4), rows)]));
  const texts = new Map(
    head.texts.map(({ name, values }) => [name, checkCodes({ values, codes: new Uint32Array(bytes, next(4), rows) })]),
  );
  if (at !== bytes.byteLength) throw new Error("an index of another length");
  return { columns: { path: records, variant, dimension, rows, texts, numbers, wholes }, source };
}

function checkCodes(column: CodedTexts): CodedTexts {
  const { codes, values } = column;
  if (codes.some((code) => code >= values.length)) throw new Error("a code without a value");
  return column;
}

import { open } from "node:fs/promises";

import { z } from "zod";

import { InputError } from "../core/errors.js";
import { formatJsonLines, readJsonLines } from "../formats/json-lines.js";
import { TEMPLATE_OF_FILE } from "../text/index.js";
import { SCORERS } from "../trust/index.js";
import type { ItemRecord } from "./record.js";

/** One append-only file of records, read once and then kept up with what is appended. */
export interface RecordFile {
  readonly records: readonly ItemRecord[];
  /** Bytes of a line that a killed process left unfinished; dropped, and cut off before the next append. */
  readonly tornBytes: number;
  /** Written and flushed when it returns; if it throws, what was written of it is cut off by the next append. */
  append(records: readonly ItemRecord[]): Promise<void>;
}

/** @throws InputError with file and line for a line that is no record, unless it is a torn last one */
export async function openRecordFile(path: string): Promise<RecordFile> {
  const { rows, wholeBytes, tornBytes } = await readJsonLines(path);
  const records = rows.map(({ line, value }) => checkRecord(value, `${path}, line ${line}`));
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

const LabelJson = z.object({
  scorer: z.enum(SCORERS),
  official: z.string(),
  state: z.enum(["right", "wrong", "refused", "degenerate"]),
  value: z.number().exactOptional(),
});

const RecordJson = z.object({
  key: z.string(),
  variant: z.string(),
  dimension: z.string(),
  task: z.string(),
  item: z.string(),
  cluster: z.string(),
  stratum: z.string().nullable(),
  slices: z.record(z.string(), z.string()),
  facts: z.record(z.string(), z.string()).default({}),
  suite: z.string(),
  repeat: z.number(),
  decodingSeed: z.number().nullable(),
  settings: z.string().default(""),
  expected: z.string().nullable(),
  generation: z.object({
    prompt: z.string(),
    text: z.string(),
    finish: z.enum(["end", "length"]),
    promptTokens: z.number(),
    outputTokens: z.number(),
    seconds: z.number(),
  }),
  logProbabilities: z.array(z.number()).nullable(),
  figures: z.object({ kl: z.array(z.number()), sameTop: z.array(z.number()), base: z.array(z.number()) }).exactOptional(),
  labels: z.array(LabelJson),
  judgement: z
    .object({ judge: z.string(), scores: z.record(z.string(), z.number()) })
    .nullable()
    .default(null),
  backend: z.string(),
  precision: z.string(),
  template: z.string().default(TEMPLATE_OF_FILE.own),
});

function checkRecord(value: unknown, where: string): ItemRecord {
  const result = RecordJson.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new InputError({ where: `${where}, field ${issue.path.join(".")}`, found: "something else", expected: issue.message });
}

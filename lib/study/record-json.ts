import { z } from "zod";

import { InputError } from "../core/errors.js";
import { TEMPLATE_OF_FILE } from "../text/index.js";
import { SCORERS } from "../trust/index.js";
import type { ItemRecord } from "./record.js";

/** Whose records a file holds; the file's own name says so too. */
export interface RecordPlace {
  readonly variant: string;
  readonly dimension: string;
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

/**
 * A line of a file of records.
 * @param where file and line, for errors
 * @throws InputError where it is no record, or one of another variant or dimension: a file that was renamed or mixed
 */
export function readRecord(value: unknown, where: string, place: RecordPlace): ItemRecord {
  const result = RecordJson.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new InputError({
      where: `${where}, field ${issue.path.join(".")}`,
      found: "something else",
      expected: issue.message,
    });
  }
  for (const field of ["variant", "dimension"] as const) {
    const found = result.data[field];
    if (found === place[field]) continue;
    throw new InputError({
      where: `${where}, field ${field}`,
      found: JSON.stringify(found),
      expected: `${place[field]}, as the file's name says`,
      remedy: "a file of records belongs where it was written: move it back, or delete it",
    });
  }
  return result.data;
}

import { readFile } from "node:fs/promises";

import { z } from "zod";

const Row = z.object({
  variant: z.enum(["dt", "comp"]),
  perspective: z.string(),
  model: z.string(),
  metric: z.string(),
  value: z.unknown(),
  files: z.union([z.string().transform((file) => [file]), z.array(z.string())]).default([]),
  n: z.unknown().optional(),
  note: z.string().optional(),
});

/** One figure that the original code gave; its value may be null, a number, or figures by topic or group. */
export type TruthRow = z.infer<typeof Row>;

/** The rows of a truth.json. */
export async function readTruth(path: string): Promise<readonly TruthRow[]> {
  return z.array(Row).parse(JSON.parse(await readFile(path, "utf8")));
}

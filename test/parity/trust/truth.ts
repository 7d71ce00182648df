import { readFile } from "node:fs/promises";

import { z } from "zod";

import { readJsonLines } from "../../../lib/formats/json-lines.js";

const Figure = z.union([z.number(), z.record(z.string(), z.number())]).nullable();
const Row = z.object({
  variant: z.string(),
  perspective: z.string(),
  model: z.string(),
  metric: z.string(),
  value: z.unknown(),
  files: z.union([z.string().transform((file) => [file]), z.array(z.string())]),
});

/** What the original scorer gave for one model. */
export interface StereotypeTruth {
  readonly model: string;
  readonly scorer: "dt" | "comp";
  /** Patterns of the generation files. */
  readonly files: readonly string[];
  /** By metric: a figure, or one for each topic or group. Metrics for which the original gives none are left out. */
  readonly figures: ReadonlyMap<string, number | Readonly<Record<string, number>>>;
}

/** The stereotype rows of a truth.json, by model and scorer. */
export async function readTruth(path: string): Promise<StereotypeTruth[]> {
  const rows = z
    .array(Row)
    .parse(JSON.parse(await readFile(path, "utf8")))
    .filter((row) => row.perspective === "stereotype");
  const truths = new Map<string, StereotypeTruth & { readonly figures: Map<string, number | Record<string, number>> }>();
  for (const { variant, model, metric, value, files } of rows) {
    const scorer = z.enum(["dt", "comp"]).parse(variant);
    const key = `${model} ${scorer}`;
    const truth = truths.get(key) ?? { model, scorer, files, figures: new Map<string, number | Record<string, number>>() };
    const figure = Figure.parse(value);
    if (figure !== null) truth.figures.set(metric, figure);
    truths.set(key, truth);
  }
  return [...truths.values()];
}

const ItemLine = z.object({
  category: z.string(),
  topic: z.string(),
  group: z.string(),
  template: z.number(),
  labels: z.string(),
});

/** The original labels of each row, a letter an output, by `itemKey`. */
export async function readItemLabels(path: string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await readJsonLines(path);
  const lines = rows.map(({ value }) => ItemLine.parse(value));
  return new Map(lines.map((line) => [itemKey({ ...line, task: line.category }), line.labels]));
}

/** Names one row of the published generations. */
export const itemKey = (row: { task: string; topic: string; group: string; template: number }): string =>
  [row.task, row.topic, row.group, row.template].join("|");

import { performance } from "node:perf_hooks";

import { z } from "zod";

import { readJsonLines } from "../../../lib/formats/json-lines.js";
import type { LayeredFiles } from "../../../lib/formats/layered-files.js";
import { type LabelledAnswer, utilities } from "../../../lib/trust/index.js";
import { type Comparison, equalLetters, type Figure, type Perspective } from "./perspective.js";
import type { TruthRow } from "./truth.js";

const { mmlu: measure } = utilities;
const TASK = "generation";

/** MMLU's answers as `comp` reads them; `dt` has none. */
export const mmlu: Perspective = {
  name: "mmlu",
  wanted: ["synthetic/mmlu", "truth_items/mmlu"],
  compare: (files, truth) =>
    Promise.all([...new Set(truth.map(({ model }) => model))].map((model) => compare(files, model, truth))),
};

const Output = z.object({ subject: z.string(), id: z.number(), label: z.string(), output: z.string() });
const Item = z.object({ subject: z.string(), id: z.number(), pred: z.string().nullable() });

async function compare(files: LayeredFiles, model: string, truth: readonly TruthRow[]): Promise<Comparison> {
  const rows = truth.filter((row) => row.model === model);
  const outputs = await read(files, rows[0].files[0], Output);
  const items = await read(files, `truth_items/mmlu/${model}.comp.jsonl`, Item);
  const started = performance.now();
  const answers = outputs.map(labelled);
  const figures = rows.map(({ metric, value }): Figure => {
    const ours = metric === "score" ? measure.score(answers, "comp") : refusalRate(answers);
    return { metric, truth: z.number().nullable().parse(value), ours, scale: 1 };
  });
  const seconds = (performance.now() - started) / 1000;
  const letters = answers.map(({ label }) => label.official).join("");
  const labels = equalLetters(items.map(({ pred }) => letterOf(pred)).join(""), letters);
  return { model, scorer: "comp", labels, unchecked: {}, figures, generations: answers.length, seconds };
}

/** The original fails at an empty answer, which then is in no figure. */
const letterOf = (pred: string | null): string => (pred === "IndexError" ? "-" : (pred ?? "R"));

async function read<T>(files: LayeredFiles, path: string, schema: z.ZodType<T>): Promise<T[]> {
  const { rows } = await readJsonLines((await files.locate(path)) ?? path);
  return rows.map(({ value }) => schema.parse(value));
}

function labelled({ subject, id, label, output }: z.infer<typeof Output>): LabelledAnswer {
  const item = `${subject}/${id}`;
  const asked = { task: TASK, expected: label, slices: { subject } };
  return { ...asked, item, repeat: 0, cluster: item, stratum: subject, label: measure.label({ text: output }, asked, "comp") };
}

function refusalRate(answers: readonly LabelledAnswer[]): number | null {
  const counted = answers.filter(({ label }) => label.value !== undefined);
  if (counted.length === 0) return null;
  return (100 * counted.filter(({ label }) => label.state === "refused").length) / counted.length;
}

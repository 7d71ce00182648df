import { performance } from "node:perf_hooks";

import { z } from "zod";

import { InputError } from "../../../lib/core/errors.js";
import { groupBy } from "../../../lib/core/group.js";
import { readJsonLines } from "../../../lib/formats/json-lines.js";
import type { LayeredFiles } from "../../../lib/formats/layered-files.js";
import { GLUE_TASKS } from "../../../lib/trust/adversarial/glue-tasks.js";
import { accuraciesOf } from "../../../lib/trust/adversarial/score.js";
import type { LabelledAnswer } from "../../../lib/trust/dimension.js";
import { adversarial as dimension } from "../../../lib/trust/dimensions/adversarial.js";
import { compareEach, type Comparison, type Figure, type Perspective } from "./perspective.js";
import type { TruthRow } from "./truth.js";

/** AdvGLUE++, our adversarial: generations were made up to reach every branch, as none of real models are published. */
export const advglue: Perspective = {
  name: "advglue",
  wanted: ["synthetic/adv-glue-plus-plus", "truth_items/advglue"],
  compare: (files, truth) => compareEach(truth, (rows) => compare(rows[0].model, rows, { files, scorer: rows[0].variant })),
};

interface Setting {
  readonly files: LayeredFiles;
  readonly scorer: "dt" | "comp";
}

async function compare(model: string, truth: readonly TruthRow[], { files, scorer }: Setting): Promise<Comparison> {
  const started = performance.now();
  const answers = (await readGenerations(files, `synthetic/adv-glue-plus-plus/${model}`)).flatMap((file) => label(file, scorer));
  const seconds = (performance.now() - started) / 1000;
  const lines = await readItemLabels(files, `truth_items/advglue/${model.replaceAll("/", "_")}.${scorer}.jsonl`);
  const ours = groupBy(answers, ({ slices, task }) => `${slices.base} ${task}`);
  const pairs = lines.flatMap(({ base, task, labels, predictions }) => {
    const known = ours.get(`${base} ${task}`) ?? [];
    return Array.from({ length: Math.max(predictions.length, known.length) }, (_, i) => {
      const gold = GLUE_TASKS[task].labels[known[i]?.expected ?? ""];
      return String(predictions[i]) === known[i]?.label.official && labels[i] === gold;
    });
  });
  const figures = ourFigures(answers);
  return {
    model,
    scorer,
    labels: { compared: pairs.length, equal: pairs.filter(Boolean).length },
    unchecked: {},
    figures: truth.map(({ metric, value }): Figure => ({
      metric,
      truth: z.number().nullable().parse(value),
      ours: figures.get(metric) ?? null,
      scale: metric === "score" || metric === "TaskDataCount" ? 1 : 100,
    })),
    generations: answers.length,
    seconds,
  };
}

/** One task of one file of generations. */
export interface AdvGlueFile {
  readonly base: string;
  readonly task: string;
  readonly labels: readonly number[];
  readonly outputs: readonly string[];
}

const BASES = ["alpaca", "vicuna", "stable-vicuna"];
const Generations = z.record(
  z.string(),
  z.object({
    labels: z.array(z.number()),
    responses: z.array(z.object({ choices: z.array(z.object({ message: z.object({ content: z.string() }) })) })),
  }),
);

/** The three files of a model; as in the original there is no model without a file of originals beside them. */
export async function readGenerations(files: LayeredFiles, folder: string): Promise<AdvGlueFile[]> {
  if (!(await files.list(folder)).some((name) => /benign.*\.json$/.test(name))) return [];
  const found = await Promise.all(
    BASES.map(async (base) => {
      const path = `${folder}/${base}-demo.json`;
      const tasks = Generations.parse(JSON.parse((await files.read(path)).toString("utf8")));
      return Object.entries(tasks).map(([task, { labels, responses }]) => {
        if (labels.length !== responses.length) throw unequal(`${path}, ${task}`, responses.length, labels.length);
        return { base, task, labels, outputs: responses.map(({ choices }) => choices[0].message.content) };
      });
    }),
  );
  return found.flat();
}

const unequal = (where: string, answers: number, labels: number): InputError =>
  new InputError({ where, found: `${answers} answers`, expected: `${labels}, as many as labels` });

function label({ base, task, labels, outputs }: AdvGlueFile, scorer: Setting["scorer"]): LabelledAnswer[] {
  const words = new Map(Object.entries(GLUE_TASKS[task].labels).map(([word, number]) => [number, word]));
  return outputs.map((text, i) => {
    const item = { task, expected: words.get(labels[i]) ?? null, slices: { base } };
    return {
      ...item,
      ...{ item: `${base}/${task}/${i}`, repeat: 0, cluster: String(i), stratum: task },
      label: dimension.label({ text }, item, scorer),
    };
  });
}

/** Our figures under the names of truth.json. */
function ourFigures(answers: readonly LabelledAnswer[]): ReadonlyMap<string, number | null> {
  const groups = [...groupBy(answers, ({ slices, task }) => `${slices.base} ${task}`).values()];
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const answered = answers.filter(({ label }) => label.official !== "-1");
  const accuracies = accuraciesOf(answers);
  const score = dimension.score(answers, "dt");
  return new Map<string, number | null>([
    ["score", score],
    ["Accuracy", score === null ? null : score / 100],
    ["Transferability", score === null ? null : 1 - score / 100],
    ["AccuracyNoRefusal", mean(accuraciesOf(answered).map(({ accuracy }) => accuracy))],
    ["RR+NE", mean(groups.map((group) => group.filter(({ label }) => label.official === "-1").length / group.length))],
    ["TaskDataCount", mean(groups.map(({ length }) => length))],
    ["HasDemo", groups.length === 0 ? null : 1],
    ...[...groupBy(accuracies, ({ task }) => task)].map(
      ([task, ofTask]) => [`task.${task}.acc`, mean(ofTask.map(({ accuracy }) => accuracy))] as const,
    ),
  ]);
}

const Line = z.object({ base: z.string(), task: z.string(), labels: z.array(z.number()), predictions: z.array(z.number()) });

/** The original predictions, and what was expected, by base model and task. */
export async function readItemLabels(files: LayeredFiles, path: string): Promise<readonly z.infer<typeof Line>[]> {
  const { rows } = await readJsonLines((await files.locate(path)) ?? path);
  return rows.map(({ value }) => Line.parse(value));
}

import { performance } from "node:perf_hooks";

import { z } from "zod";

import { groupBy } from "../../../lib/core/group.js";
import { readJsonLines } from "../../../lib/formats/json-lines.js";
import type { LabelledAnswer } from "../../../lib/trust/dimension.js";
import { stereotype as dimension } from "../../../lib/trust/dimensions/stereotype.js";
import type { LayeredFiles } from "../../../lib/formats/layered-files.js";
import { agreementBySlice, agreementRate, agreementScore } from "../../../lib/trust/stereotype/agreement.js";
import { roundHalfEven } from "../../../lib/trust/stereotype/numpy-mean.js";
import { addUp, type Comparison, equalLetters, type Figure, type Perspective } from "./perspective.js";
import { expand, type OfficialGrid, type PublishedRow, readGrid, readPublished } from "./stereotype-generations.js";
import type { TruthRow } from "./truth.js";

/** Agreement with stereotypes: 25 outputs for each group, topic, template and system prompt. */
export const stereotype: Perspective = {
  name: "stereotype",
  wanted: ["data/stereotype/generations", "truth_items/stereotype"],
  compare: async (files, truth) => {
    const grid = await readGrid(files);
    const results: Comparison[] = [];
    for (const [, rows] of groupBy(truth, ({ model }) => model)) {
      const started = performance.now();
      const published = await readAll(rows[0].files, files, grid);
      const scorers = [...groupBy(rows, ({ variant }) => variant)];
      const reading = (performance.now() - started) / scorers.length;
      for (const [scorer, ofScorer] of scorers) results.push(await compare(published, ofScorer, { files, scorer, reading }));
    }
    return results;
  },
};

interface Setting {
  readonly files: LayeredFiles;
  readonly scorer: "dt" | "comp";
  /** Milliseconds. */
  readonly reading: number;
}

async function compare(
  published: readonly PublishedRow[],
  truth: readonly TruthRow[],
  { files, scorer, reading }: Setting,
): Promise<Comparison> {
  const [{ model }] = truth;
  const truthLabels = await readItemLabels(files, `truth_items/stereotype/${model.replaceAll("/", "__")}.${scorer}.jsonl`);
  const started = performance.now();
  const answers = published.flatMap((row) => label(row, scorer));
  const seconds = (performance.now() - started + reading) / 1000;
  const ours = lettersByItem(answers);
  return {
    model,
    scorer,
    labels: addUp([...truthLabels].map(([key, letters]) => equalLetters(letters, ours.get(key) ?? ""))),
    unchecked: {},
    figures: figuresOf(truth, ourFigures(answers, scorer)),
    generations: answers.length,
    seconds,
  };
}

function label(row: PublishedRow, scorer: Setting["scorer"]): LabelledAnswer[] {
  const slices = { topic: row.topic, group: row.group };
  const item = itemKey(row);
  return row.outputs.map((text, repeat) => ({
    item,
    task: row.task,
    repeat,
    cluster: `${row.topic}|${row.template}`,
    stratum: null,
    slices,
    expected: null,
    label: dimension.label({ text }, { task: row.task, expected: null, slices }, scorer),
  }));
}

function lettersByItem(answers: readonly LabelledAnswer[]): Map<string, string> {
  const letters = new Map<string, string>();
  for (const { item, label } of answers) letters.set(item, (letters.get(item) ?? "") + label.official);
  return letters;
}

type Figures = ReadonlyMap<string, number | null | ReadonlyMap<string, number>>;

/** Our figures under the names of truth.json. */
function ourFigures(answers: readonly LabelledAnswer[], scorer: Setting["scorer"]): Figures {
  const figures = new Map<string, number | null | ReadonlyMap<string, number>>();
  const refusals = answers.map((answer) => ({
    ...answer,
    label: { ...answer.label, value: answer.label.official === "N" ? 0 : 1 },
  }));
  const kept = agreementScore(refusals, { rounded: true });
  figures.set("score", dimension.score(answers, scorer));
  figures.set("refusal_rate", kept === null ? null : 100 - kept);
  for (const task of dimension.tasks) {
    const ofTask = answers.filter((answer) => answer.task === task);
    const refusalsOfTask = refusals.filter((answer) => answer.task === task);
    figures.set(`${task}.category_overall_score`, 1 - roundedRate(ofTask));
    figures.set(`${task}.category_overall_rejection_rate`, roundedRate(refusalsOfTask));
    figures.set(`${task}.stereotype_topic_mean`, agreementBySlice(ofTask, "topic", true));
    figures.set(`${task}.demographic_mean`, agreementBySlice(ofTask, "group", true));
  }
  return figures;
}

const roundedRate = (answers: readonly LabelledAnswer[]): number => roundHalfEven(agreementRate(answers) ?? Number.NaN);

const Value = z.union([z.number(), z.record(z.string(), z.number())]).nullable();

function figuresOf(truth: readonly TruthRow[], ours: Figures): Figure[] {
  return truth.flatMap(({ metric, value }): Figure[] => {
    const scale = metric === "score" || metric === "refusal_rate" ? 1 : 100;
    const figure = Value.parse(value);
    const mine = ours.get(metric) ?? null;
    const parts = mine === null || typeof mine === "number" ? new Map<string, number>() : mine;
    if (figure === null || typeof figure === "number") {
      return [{ metric, scale, truth: figure, ours: typeof mine === "number" ? mine : null }];
    }
    return Object.entries(figure).map(([name, part]) => ({
      metric: `${metric} ${name}`,
      scale,
      truth: part,
      ours: parts.get(name) ?? null,
    }));
  });
}

async function readAll(patterns: readonly string[], files: LayeredFiles, grid: OfficialGrid): Promise<PublishedRow[]> {
  const rows: PublishedRow[] = [];
  for (const pattern of patterns) {
    for (const file of await expand(pattern, files)) rows.push(...(await readPublished(file, grid)));
  }
  return inGridOrder(rows, grid);
}

/** By system prompt, topic and group in the order of the official lists: the order of the original's sums. */
function inGridOrder(rows: readonly PublishedRow[], { groups, templates }: OfficialGrid): PublishedRow[] {
  const topics = Object.keys(templates);
  const place = ({ task, topic, group, template }: PublishedRow): number =>
    ((dimension.tasks.indexOf(task) * topics.length + topics.indexOf(topic)) * groups.length + groups.indexOf(group)) * 8 +
    template;
  return [...rows].sort((a, b) => place(a) - place(b));
}

const ItemLine = z.object({
  category: z.string(),
  topic: z.string(),
  group: z.string(),
  template: z.number(),
  labels: z.string(),
});

/** The original labels of each row, a letter an output, by `itemKey`. */
export async function readItemLabels(files: LayeredFiles, path: string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await readJsonLines((await files.locate(path)) ?? path);
  const lines = rows.map(({ value }) => ItemLine.parse(value));
  return new Map(lines.map((line) => [itemKey({ ...line, task: line.category }), line.labels]));
}

/** Names one row of the published generations. */
export const itemKey = (row: { task: string; topic: string; group: string; template: number }): string =>
  [row.task, row.topic, row.group, row.template].join("|");

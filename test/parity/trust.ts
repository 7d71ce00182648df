import { join } from "node:path";
import { performance } from "node:perf_hooks";

import { InputError } from "../../lib/core/errors.js";
import type { LabelledAnswer } from "../../lib/trust/dimension.js";
import { stereotype } from "../../lib/trust/dimensions/stereotype.js";
import { agreementBySlice, agreementRate, agreementScore } from "../../lib/trust/stereotype/agreement.js";
import { roundHalfEven } from "../../lib/trust/stereotype/numpy-mean.js";
import { runParity, type Cell } from "./report.js";
import { locate, overlay } from "./trust/archives.js";
import { expand, readGrid, readPublished, type OfficialGrid, type PublishedRow } from "./trust/generations.js";
import { itemKey, readItemLabels, readTruth, type StereotypeTruth } from "./trust/truth.js";

const WANTED = ["data/stereotype/generations", "truth_items/stereotype"];
const SCORE_TOLERANCE = 0.01; // of a point on 0–100; the published figures are given to that
const USAGE = "npm run parity:trust -- DIR [DIR…]";

/**
 * npm run parity:trust -- DIR [DIR…]: labels the published stereotype generations with `dt` and `comp` and compares labels and
 * scores with those of the original code. An earlier DIR lies over a later one; truth.json is the first one's.
 */
async function main(
  dirs: readonly string[],
): Promise<{ rows: Record<string, Cell>[]; figures: Record<string, unknown>; missed: string[] }> {
  if (dirs.length === 0) throw new InputError({ where: "the command line", found: "no DIR", expected: USAGE });
  const folders = await overlay(dirs, WANTED);
  const grid = await readGrid(await needed(folders, "phrases.json"));
  const results: Comparison[] = [];
  for (const truths of groupByFiles(await readTruth(join(dirs[0], "truth.json")))) {
    const started = performance.now();
    const published = await readAll(truths[0].files, folders, grid);
    const reading = performance.now() - started;
    for (const truth of truths) results.push(await compare(truth, published, { folders, reading: reading / truths.length }));
  }
  return report(results);
}

interface Comparison {
  readonly truth: StereotypeTruth;
  readonly generations: number;
  readonly equalLabels: number;
  readonly comparedLabels: number;
  readonly score: number | null;
  readonly refusalRate: number;
  /** Largest difference to a figure of the truth, in points of 0–100, and which figure. */
  readonly worst: { readonly metric: string; readonly difference: number };
  readonly perSecond: number;
}

async function compare(
  truth: StereotypeTruth,
  published: readonly PublishedRow[],
  { folders, reading }: { folders: readonly string[]; reading: number },
): Promise<Comparison> {
  const labelsPath = `truth_items/stereotype/${truth.model.replaceAll("/", "__")}.${truth.scorer}.jsonl`;
  const truthLabels = await readItemLabels(await needed(folders, labelsPath));
  const started = performance.now();
  const answers = published.flatMap((row) => label(row, truth));
  const seconds = (performance.now() - started + reading) / 1000;
  const ours = lettersByItem(answers);
  const compared = [...truthLabels].map(([key, letters]) => equalLetters(letters, ours.get(key) ?? ""));
  const figures = ourFigures(answers, truth);
  return {
    truth,
    generations: answers.length,
    equalLabels: compared.reduce((sum, { equal }) => sum + equal, 0),
    comparedLabels: compared.reduce((sum, { total }) => sum + total, 0),
    score: stereotype.score(answers, truth.scorer),
    refusalRate: Number(figures.get("refusal_rate")),
    worst: worstDifference(truth, figures),
    perSecond: answers.length / seconds,
  };
}

function label(row: PublishedRow, { scorer }: StereotypeTruth): LabelledAnswer[] {
  const slices = { topic: row.topic, group: row.group };
  const item = itemKey(row);
  return row.outputs.map((output, repeat) => ({
    item,
    task: row.task,
    repeat,
    cluster: `${row.topic}|${row.template}`,
    stratum: null,
    slices,
    label: stereotype.label(output, { task: row.task, expected: null, slices }, scorer),
  }));
}

function lettersByItem(answers: readonly LabelledAnswer[]): Map<string, string> {
  const letters = new Map<string, string>();
  for (const { item, label } of answers) letters.set(item, (letters.get(item) ?? "") + label.official);
  return letters;
}

function equalLetters(truth: string, ours: string): { equal: number; total: number } {
  const total = Math.max(truth.length, ours.length);
  return {
    equal: Array.from({ length: total }, (_, i) => Number(truth[i] === ours[i])).reduce((sum, one) => sum + one, 0),
    total,
  };
}

/** Our figures under the names of truth.json. */
function ourFigures(
  answers: readonly LabelledAnswer[],
  { scorer }: StereotypeTruth,
): Map<string, number | ReadonlyMap<string, number>> {
  const figures = new Map<string, number | ReadonlyMap<string, number>>();
  const refusals = answers.map((answer) => ({
    ...answer,
    label: { ...answer.label, value: answer.label.official === "N" ? 0 : 1 },
  }));
  figures.set("score", stereotype.score(answers, scorer) ?? Number.NaN);
  figures.set("refusal_rate", 100 - (agreementScore(refusals, { rounded: true }) ?? Number.NaN));
  for (const task of stereotype.tasks) {
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

/** Every figure of the truth beside ours; what is missing on our side counts as infinitely far. */
function worstDifference(
  truth: StereotypeTruth,
  ours: ReadonlyMap<string, number | ReadonlyMap<string, number>>,
): Comparison["worst"] {
  const differences = [...truth.figures].flatMap(([metric, figure]) => {
    const scale = metric === "score" || metric === "refusal_rate" ? 1 : 100;
    const mine = ours.get(metric);
    if (typeof figure === "number") return [{ metric, difference: scale * distance(figure, Number(mine)) }];
    return Object.entries(figure).map(([name, value]) => ({
      metric: `${metric} ${name}`,
      difference: scale * distance(value, mine instanceof Map ? Number(mine.get(name)) : Number.NaN),
    }));
  });
  return differences.reduce((worst, one) => (one.difference > worst.difference ? one : worst), { metric: "", difference: 0 });
}

function distance(a: number, b: number): number {
  const difference = Math.abs(a - b);
  return Number.isNaN(difference) ? Infinity : difference;
}

function report(results: readonly Comparison[]): {
  rows: Record<string, Cell>[];
  figures: Record<string, unknown>;
  missed: string[];
} {
  const equal = results.reduce((sum, { equalLabels }) => sum + equalLabels, 0);
  const compared = results.reduce((sum, { comparedLabels }) => sum + comparedLabels, 0);
  const slowest = Math.min(...results.map(({ perSecond }) => perSecond));
  return {
    rows: results.map(rowOf),
    figures: {
      labelsCompared: compared,
      equalLabelShare: compared === 0 ? null : equal / compared,
      largestScoreDifference: Math.max(...results.map(({ worst }) => worst.difference)),
      generationsPerSecond: Math.round(slowest),
      results: results.map(rowOf),
    },
    missed: [...(results.length === 0 ? ["no stereotype truth in the first DIR"] : []), ...results.flatMap(missedFloors)],
  };
}

function rowOf(result: Comparison): Record<string, Cell> {
  const { truth } = result;
  return {
    model: truth.model,
    scorer: truth.scorer,
    labels: result.comparedLabels,
    "equal %": round(100 * (result.equalLabels / result.comparedLabels), 4),
    score: round(result.score ?? Number.NaN, 4),
    "score, truth": round(Number(truth.figures.get("score")), 4),
    refusals: round(result.refusalRate, 4),
    "refusals, truth": round(Number(truth.figures.get("refusal_rate")), 4),
    "largest difference of any mean, points": round(result.worst.difference, 6),
    "generations/s": Math.round(result.perSecond),
  };
}

function missedFloors({ truth, equalLabels, comparedLabels, worst }: Comparison): string[] {
  const name = `${truth.model} ${truth.scorer}`;
  return [
    ...(comparedLabels === 0 ? [`${name}: no labels to compare`] : []),
    ...(equalLabels < comparedLabels
      ? [`${name}: ${comparedLabels - equalLabels} labels of ${comparedLabels} differ, floor 100 %`]
      : []),
    ...(worst.difference > SCORE_TOLERANCE ? [`${name}: ${worst.metric} differs by ${worst.difference.toFixed(4)} points`] : []),
  ];
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

async function needed(folders: readonly string[], path: string): Promise<string> {
  const found = await locate(folders, path);
  if (found === undefined) throw new InputError({ where: path, found: "no such file", expected: "one in a DIR or its archives" });
  return found;
}

function groupByFiles(truths: readonly StereotypeTruth[]): StereotypeTruth[][] {
  const groups = new Map<string, StereotypeTruth[]>();
  for (const truth of truths) groups.set(truth.files.join(), [...(groups.get(truth.files.join()) ?? []), truth]);
  return [...groups.values()];
}

async function readAll(patterns: readonly string[], folders: readonly string[], grid: OfficialGrid): Promise<PublishedRow[]> {
  const files = (await Promise.all(patterns.map((pattern) => expand(pattern, folders)))).flat();
  if (files.length === 0)
    throw new InputError({ where: patterns.join(", "), found: "no such files", expected: "published generations in a DIR" });
  const rows: PublishedRow[] = [];
  for (const file of files) rows.push(...(await readPublished(file, grid)));
  return inGridOrder(rows, grid);
}

/** By system prompt, topic and group in the order of the official lists: the order of the original's sums. */
function inGridOrder(rows: readonly PublishedRow[], { groups, templates }: OfficialGrid): PublishedRow[] {
  const topics = Object.keys(templates);
  const place = ({ task, topic, group, template }: PublishedRow): number =>
    ((stereotype.tasks.indexOf(task) * topics.length + topics.indexOf(topic)) * groups.length + groups.indexOf(group)) * 8 +
    template;
  return [...rows].sort((a, b) => place(a) - place(b));
}

await runParity("parity:trust", () => main(process.argv.slice(2)));

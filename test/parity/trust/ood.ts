import { performance } from "node:perf_hooks";

import { z } from "zod";

import { groupBy } from "../../../lib/core/group.js";
import { readJsonLines } from "../../../lib/formats/json-lines.js";
import type { LayeredFiles } from "../../../lib/formats/layered-files.js";
import type { LabelledAnswer } from "../../../lib/trust/dimension.js";
import { ood as dimension } from "../../../lib/trust/dimensions/ood.js";
import type { Item } from "../../../lib/trust/item.js";
import { meanOfMeans } from "../../../lib/trust/mean-of-means.js";
import { officialOod } from "../../../lib/trust/ood/official.js";
import { accuracy, meaningfulAccuracy, OOD_TASKS, refusalRate } from "../../../lib/trust/ood/score.js";
import { addUp, compareEach, type Comparison, equalLetters, type Figure, type Perspective } from "./perspective.js";
import { readPublishedAnswers } from "./published-answers.js";
import type { TruthRow } from "./truth.js";

/** Styles and knowledge: the published answers against the official items of our reader. */
export const ood: Perspective = {
  name: "ood",
  wanted: [...officialOod.wanted, "data/ood/generations", "truth_items/ood"],
  compare: async (files, truth) => {
    const items = groupBy((await officialOod.read(files)).items, ({ slices }) => slices.setting);
    return compareEach(truth, (rows) => compare(rows, { files, items }));
  },
};

/** The official items by setting, in the order of the input files. */
type ItemsBySetting = ReadonlyMap<string, readonly Item[]>;

async function compare(
  truth: readonly TruthRow[],
  { files, items }: { readonly files: LayeredFiles; readonly items: ItemsBySetting },
): Promise<Comparison> {
  const [{ model, variant: scorer }] = truth;
  const settings = await readItemLabels(files, `truth_items/ood/${model}.${scorer}.jsonl`);
  const started = performance.now();
  const answers: LabelledAnswer[] = [];
  for (const setting of settings) answers.push(...(await labelFile(files, setting, { scorer, items })));
  const seconds = (performance.now() - started) / 1000;
  const bySetting = groupBy(answers, ({ slices }) => slices.setting);
  return {
    model,
    scorer,
    labels: addUp(settings.map(({ task, labels }) => equalLetters(labels, lettersOf(bySetting.get(task) ?? [])))),
    unchecked: {},
    figures: truth.map(({ metric, value }) => figureOf(metric, value, { answers, bySetting, scorer })),
    generations: answers.length,
    seconds,
  };
}

const ItemLine = z.object({ task: z.string(), file: z.string(), labels: z.string() });
/** The original labels of one published file, a letter an answer. */
export type SettingLabels = z.infer<typeof ItemLine>;

/** One line a published file. */
export async function readItemLabels(files: LayeredFiles, path: string): Promise<SettingLabels[]> {
  const { rows } = await readJsonLines((await files.locate(path)) ?? path);
  return rows.map(({ value }) => ItemLine.parse(value));
}

/**
 * Labels one published file. One that stops early counts with the answers it has, as in the original; in one that has more
 * answers than there are questions the original fails.
 */
export async function labelFile(
  files: LayeredFiles,
  { task, file }: SettingLabels,
  { scorer, items }: { readonly scorer: "dt" | "comp"; readonly items: ItemsBySetting },
): Promise<LabelledAnswer[]> {
  const path = (await files.locate(file)) ?? file;
  const texts = await readPublishedAnswers(path);
  const asked = items.get(task) ?? [];
  if (texts.length > asked.length) throw new Error(`${path}: ${texts.length} answers to ${asked.length} questions of ${task}`);
  return texts.map((text, i) => {
    const item = asked[i];
    const { cluster, stratum, slices, expected } = item;
    const label = dimension.label({ text }, item, scorer);
    return { item: item.id, task: item.task, repeat: 0, cluster, stratum, slices, expected, label };
  });
}

export const lettersOf = (answers: readonly LabelledAnswer[]): string => answers.map(({ label }) => label.official).join("");

interface Ours {
  readonly answers: readonly LabelledAnswer[];
  readonly bySetting: ReadonlyMap<string, readonly LabelledAnswer[]>;
  readonly scorer: "dt" | "comp";
}

function figureOf(metric: string, value: unknown, ours: Ours): Figure {
  return { metric, scale: 1, truth: z.number().nullable().parse(value), ours: oursOf(metric, ours) };
}

function oursOf(metric: string, { answers, bySetting, scorer }: Ours): number | null {
  if (metric === "score") return dimension.score(answers, scorer);
  if (metric === "refusal_rate") return meanRefusal(answers.filter(({ task }) => task !== "in-distribution"));
  const [, part, rejected] = /^subscores\.(.*?)(_rej)?$/.exec(metric) ?? [];
  if (part !== undefined) {
    const ofPart = answers.filter(({ task }) => task === OOD_TASKS.find((name) => name === part.replace("_", "-")));
    return rejected === undefined ? dimension.score(ofPart, scorer) : meanRefusal(ofPart);
  }
  const dot = metric.lastIndexOf(".");
  const ofSetting = bySetting.get(metric.slice(0, dot)) ?? [];
  if (ofSetting.length === 0) return null;
  const figures: Readonly<Record<string, number | null>> = {
    acc: accuracy(ofSetting),
    macc: meaningfulAccuracy(ofSetting) ?? 0,
    rr: refusalRate(ofSetting),
  };
  return figures[metric.slice(dot + 1)] ?? null;
}

/** The mean over settings of their refusal rates, 0–100. */
function meanRefusal(answers: readonly LabelledAnswer[]): number | null {
  const refusals = answers.map((answer) => ({
    ...answer,
    label: { ...answer.label, value: answer.label.state === "refused" ? 1 : 0 },
  }));
  const mean = meanOfMeans(refusals, [({ slices }) => slices.setting]);
  return mean === null ? null : 100 * mean;
}

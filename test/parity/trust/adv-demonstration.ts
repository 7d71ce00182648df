import { performance } from "node:perf_hooks";

import { z } from "zod";

import { groupBy } from "../../../lib/core/group.js";
import { readJsonLines } from "../../../lib/formats/json-lines.js";
import type { LayeredFiles } from "../../../lib/formats/layered-files.js";
import type { LabelledAnswer } from "../../../lib/trust/dimension.js";
import { icl as dimension } from "../../../lib/trust/dimensions/icl.js";
import { OPTION_MARK } from "../../../lib/trust/icl/label.js";
import { officialIcl } from "../../../lib/trust/icl/official.js";
import { ICL_SETS, type IclSet } from "../../../lib/trust/icl/settings.js";
import type { Item } from "../../../lib/trust/item.js";
import { meanOfMeans } from "../../../lib/trust/mean-of-means.js";
import { addUp, compareEach, type Comparison, equalLetters, type Figure, type Perspective } from "./perspective.js";
import { readPublishedAnswers } from "./published-answers.js";
import type { TruthRow } from "./truth.js";

const ROOT = "data/adv_demonstration/generations";

/** Adversarial demonstrations, our dimension `icl`: the published answers against the official items of our reader. */
export const adv_demonstration: Perspective = {
  name: "adv_demonstration",
  wanted: [...officialIcl.wanted, ROOT, "truth_items/adv_demonstration"],
  compare: async (files, truth) => {
    const items = groupBy((await officialIcl.read(files)).items, fileKey);
    return compareEach(truth, (rows) => (rows[0].variant === "dt" ? withoutFiles(rows) : compare(rows, { files, items })));
  },
};

/** The reader of `dt` skips every file, so that nothing reaches its rules: its score is that of no answers. */
function withoutFiles(truth: readonly TruthRow[]): Comparison {
  const [{ model, variant: scorer }] = truth;
  const figures = truth.map(({ metric, value }) => ({
    ...{ metric, scale: 100, truth: z.number().nullable().parse(value) },
    ours: metric === "score" ? dimension.score([], scorer) : null,
  }));
  return { model, scorer, labels: { compared: 0, equal: 0 }, unchecked: {}, figures, generations: 0, seconds: 0 };
}

/** The official items by set and draw, in the order of the input files. */
type ItemsByFile = ReadonlyMap<string, readonly Item[]>;

const fileKey = ({ slices }: Item): string => `${slices.setting}/${slices.seed}`;

async function compare(
  truth: readonly TruthRow[],
  { files, items }: { readonly files: LayeredFiles; readonly items: ItemsByFile },
): Promise<Comparison> {
  const [{ model, variant: scorer }] = truth;
  const lines = await readItemLabels(files, `truth_items/adv_demonstration/${model}.${scorer}.jsonl`);
  const started = performance.now();
  const labelled: LabelledAnswer[][] = [];
  for (const { file } of lines) labelled.push(await labelFile(files, file, { scorer, items }));
  const answers = labelled.flat();
  return {
    model,
    scorer,
    labels: addUp(lines.map(({ labels }, i) => equalLetters(labels, lettersOf(labelled[i])))),
    unchecked: {},
    figures: truth.map(({ metric, value }) => figureOf(metric, value, answers)),
    generations: answers.length,
    seconds: (performance.now() - started) / 1000,
  };
}

const ItemLine = z.object({ file: z.string(), labels: z.string() });

/** The original labels of the published files, a letter an answer. */
export async function readItemLabels(files: LayeredFiles, path: string): Promise<z.infer<typeof ItemLine>[]> {
  const { rows } = await readJsonLines((await files.locate(path)) ?? path);
  return rows.map(({ value }) => ItemLine.parse(value));
}

/**
 * Labels one published file; one whose number of answers is not that of its records is skipped by the original and has no
 * labels. Spurious records are not released: their answers are of all "yes" records first, then of all "no" ones.
 */
export async function labelFile(
  files: LayeredFiles,
  file: string,
  { scorer, items }: { readonly scorer: "dt" | "comp"; readonly items: ItemsByFile },
): Promise<LabelledAnswer[]> {
  const path = (await files.locate(file)) ?? file;
  const texts = await readPublishedAnswers(path);
  const { set, seed } = setOf(file);
  const asked = items.get(`${set.name}/${seed}`) ?? (set.part === "spurious" ? unreleased(set, seed) : []);
  if (texts.length !== asked.length) return [];
  return asked.map((item, i) => {
    const { cluster, stratum, slices, expected } = item;
    const label = dimension.label({ text: texts[i] }, item, scorer);
    return { item: item.id, task: item.task, repeat: 0, cluster, stratum, slices, expected, label };
  });
}

function setOf(file: string): { readonly set: IclSet; readonly seed: string } {
  const [, folder, seed] = /generations\/(.*)\/[^/]*_(\d+)\.jsonl$/.exec(file) ?? [];
  const set = ICL_SETS.find((one) => one.folder === folder);
  if (set === undefined) throw new Error(`${file}: none of the published sets`);
  return { set, seed };
}

const UNRELEASED = { yes: 1000, no: 1000 };

function unreleased(set: IclSet, seed: string): Item[] {
  return Object.entries(UNRELEASED).flatMap(([label, count]) =>
    Array.from({ length: count }, (_, place) => ({
      ...{ id: `${set.name}/${seed}/${label}-${place}`, task: set.task, messages: [], expected: label },
      ...{ cluster: `${label}-${place}`, stratum: set.part, slices: { setting: set.name, seed } },
      facts: { options: Object.keys(UNRELEASED).join(OPTION_MARK) },
    })),
  );
}

export const lettersOf = (answers: readonly LabelledAnswer[]): string => answers.map(({ label }) => label.official).join("");

function figureOf(metric: string, value: unknown, answers: readonly LabelledAnswer[]): Figure {
  const isPercent = metric === "score" || metric === "refusal_rate";
  return { metric, scale: isPercent ? 1 : 100, truth: z.number().nullable().parse(value), ours: oursOf(metric, answers) };
}

function oursOf(metric: string, answers: readonly LabelledAnswer[]): number | null {
  const ofTask = (task: string): LabelledAnswer[] => answers.filter((answer) => answer.task === task);
  const cacc = answers.filter(({ slices }) => slices.setting.endsWith("_cacc"));
  switch (metric) {
    case "score":
      return dimension.score(answers, "comp");
    case "refusal_rate":
      return scaled(
        meanOfMeans(refusals(answers.filter(({ task }) => !task.endsWith("-clean"))), [({ task }) => task, ...KEYS]),
        100,
      );
    case "counterfactual.avg_acc":
    case "spurious.avg_acc":
      return scaled(dimension.score(ofTask(metric.split(".")[0]), "comp"), 0.01);
    case "counterfactual.avg_rej":
    case "spurious.avg_rej":
      return meanOfMeans(refusals(ofTask(metric.split(".")[0])), KEYS);
    case "backdoor.1-avg_asr":
      return scaled(dimension.score(ofTask("backdoor"), "comp"), 0.01);
    case "backdoor.asr_avg_rej":
      return meanOfMeans(refusals(ofTask("backdoor")), KEYS);
    case "backdoor.avg_cacc":
      return scaled(dimension.score(cacc, "comp"), 0.01);
    case "backdoor.cacc_avg_rej":
      return meanOfMeans(refusals(cacc), KEYS);
    default:
      return null;
  }
}

const KEYS = [({ slices }: LabelledAnswer) => slices.setting, ({ slices }: LabelledAnswer) => slices.seed];

const scaled = (value: number | null, by: number): number | null => (value === null ? null : value * by);

const refusals = (answers: readonly LabelledAnswer[]): LabelledAnswer[] =>
  answers.map((answer) => ({
    ...answer,
    label: { ...answer.label, value: answer.label.state === "refused" ? 1 : 0 },
  }));

import { z } from "zod";

import { groupBy } from "../../../lib/core/group.js";
import { readJsonLines } from "../../../lib/formats/json-lines.js";
import type { LayeredFiles } from "../../../lib/formats/layered-files.js";
import type { LabelledAnswer } from "../../../lib/trust/dimension.js";
import { fairness as dimension } from "../../../lib/trust/dimensions/fairness.js";
import { meanOf } from "../../../lib/trust/fairness/group-rates.js";
import { type FairnessFigures, fairnessBySetting, fairnessScore } from "../../../lib/trust/fairness/score.js";
import { readInputs, readSettings, type SettingAnswers } from "./fairness-generations.js";
import { addUp, type Comparison, equalLetters, type Figure, type Perspective } from "./perspective.js";
import type { TruthRow } from "./truth.js";

/** Decisions about people: eleven settings, of which three are published for real models. */
export const fairness: Perspective = {
  name: "fairness",
  wanted: ["data/fairness", "synthetic/fairness", "truth_items/fairness"],
  compare: async (files, truth) => {
    const results: Comparison[] = [];
    let started = performance.now();
    const inputs = await readInputs(files); // counted with the first model
    for (const [model, rows] of groupBy(truth, (row) => row.model)) {
      const settings = await readSettings(files, model, inputs);
      const scorers = [...groupBy(rows, ({ variant }) => variant)];
      const reading = (performance.now() - started) / scorers.length;
      for (const [, ofScorer] of scorers) results.push(await compare(settings, ofScorer, { files, reading }));
      started = performance.now();
    }
    return results;
  },
};

async function compare(
  settings: readonly SettingAnswers[],
  truth: readonly TruthRow[],
  { files, reading }: { readonly files: LayeredFiles; readonly reading: number },
): Promise<Comparison> {
  const [{ model, variant: scorer }] = truth;
  const items = await readItemLabels(files, `truth_items/fairness/${model}.${scorer}.jsonl`);
  const started = performance.now();
  const answers = settings.flatMap((setting) => labelSetting(setting, scorer));
  const figures = ourFigures(answers, scorer);
  const seconds = (performance.now() - started + reading) / 1000;
  const letters = lettersByFile(answers);
  return {
    model,
    scorer,
    labels: addUp(items.map(({ setting, pred }) => equalLetters(pred, letters.get(setting) ?? ""))),
    unchecked: {},
    figures: truth.map((row) => figureOf(row, figures, letters)),
    generations: answers.length,
    seconds,
  };
}

/** Our labels of a setting's answers. */
export function labelSetting({ task, people, texts }: SettingAnswers, scorer: "dt" | "comp"): LabelledAnswer[] {
  return people.map((person, i) => {
    const slices = { attribute: "sex", group: person.group };
    const facts = { item: `${task}/${i}`, task, slices, expected: person.label };
    const label = dimension.label({ text: texts[i] }, facts, scorer);
    return { ...facts, repeat: 0, cluster: facts.item, stratum: null, label };
  });
}

const ItemLine = z.object({ setting: z.string(), pred: z.string() });

/** The original's predictions: for each setting's file a letter a person. */
export async function readItemLabels(files: LayeredFiles, path: string): Promise<readonly z.infer<typeof ItemLine>[]> {
  const { rows } = await readJsonLines((await files.locate(path)) ?? path);
  return rows.map(({ value }) => ItemLine.parse(value));
}

function lettersByFile(answers: readonly LabelledAnswer[]): Map<string, string> {
  const byTask = groupBy(answers, ({ task }) => `${task}.json`);
  return new Map([...byTask].map(([file, members]) => [file, members.map(({ label }) => label.official).join("")]));
}

type Figures = ReadonlyMap<string, number | null>;

/** Our figures under the names of truth.json. */
function ourFigures(answers: readonly LabelledAnswer[], scorer: "dt" | "comp"): Figures {
  const settings = fairnessBySetting(answers, scorer);
  const parity = fairnessScore(answers, scorer, "parity");
  const odds = fairnessScore(answers, scorer, "parity and odds");
  return new Map<string, number | null>([
    ["fairness score", parity],
    ["fairness score (new)", odds],
    ["partial3.score (1-DPD)", parity],
    ["partial3.score (new)", odds],
    ["score", dimension.score(answers, scorer)],
    ["averaged accuracy", meanOver(settings, "accuracy")],
    ["averaged demographic parity difference", meanOver(settings, "demographicParityDifference")],
    ["averaged equalized odds difference", meanOver(settings, "equalizedOddsDifference")],
    ["rejection rate", meanOver(settings, "rejectionRate")],
    ...settings.flatMap((figures) => settingRows(figures)),
  ]);
}

const settingRows = (figures: FairnessFigures): [string, number | null][] => [
  [`${figures.setting}.json.accuracy`, figures.accuracy],
  [`${figures.setting}.json.demographic parity difference`, figures.demographicParityDifference],
  [`${figures.setting}.json.equalized odds difference`, figures.equalizedOddsDifference],
  [`${figures.setting}.json.rejection rate`, figures.rejectionRate],
];

type Rate = "accuracy" | "demographicParityDifference" | "equalizedOddsDifference" | "rejectionRate";

const meanOver = (settings: readonly FairnessFigures[], rate: Rate): number | null =>
  meanOf(settings.map((figures) => figures[rate]).filter((value) => value !== null));

const TIES = "ties, which the original decides by an unseeded coin";

/** Where ties are, only how many answers could be read is the original's own figure. */
function figureOf({ metric, value }: TruthRow, ours: Figures, letters: ReadonlyMap<string, string>): Figure {
  const file = /^(.*\.json)\./.exec(metric)?.[1];
  const read = file === undefined ? [...letters.values()].join("") : (letters.get(file) ?? "");
  const isRandom = read.includes("T") && !metric.endsWith("rejection rate");
  return {
    metric,
    truth: z.number().nullable().parse(value),
    ours: ours.get(metric) ?? null,
    scale: metric.includes("score") ? 1 : 100,
    ...(isRandom ? { unchecked: TIES } : {}),
  };
}

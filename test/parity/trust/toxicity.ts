import { performance } from "node:perf_hooks";

import { z } from "zod";

import { readJsonLines } from "../../../lib/formats/json-lines.js";
import type { LayeredFiles } from "../../../lib/formats/layered-files.js";
import type { LabelledAnswer } from "../../../lib/trust/dimension.js";
import { toxicity as dimension } from "../../../lib/trust/dimensions/toxicity.js";
import { strippedText } from "../../../lib/trust/stripped-text.js";
import { expectedMaximumToxicity } from "../../../lib/trust/toxicity/score.js";
import { addUp, compareEach, type Comparison, equalLetters, type Figure, type Perspective } from "./perspective.js";
import { labelOutputs, type PublishedLine, readGenerations, standIn } from "./toxicity-generations.js";
import type { TruthRow } from "./truth.js";

/** Toxicity of continuations (synthetic, with a stand-in for the Perspective API), refusals of the system prompt study. */
export const toxicity: Perspective = {
  name: "toxicity",
  wanted: ["data/toxicity/generations", "synthetic/toxicity", "truth_items/toxicity"],
  compare: async (files, truth) => {
    return compareEach(truth, (rows) => {
      const isSynthetic = rows.some(({ metric }) => metric === "score");
      return isSynthetic ? compareUserPrompts(files, rows) : compareSystemPrompts(files, rows);
    });
  },
};

const itemsPath = ({ model, variant }: TruthRow): string => `truth_items/toxicity/${model.replaceAll("/", "_")}.${variant}.jsonl`;

async function readItems<T>(files: LayeredFiles, path: string, schema: z.ZodType<T>): Promise<readonly T[]> {
  const { rows } = await readJsonLines((await files.locate(path)) ?? path);
  return rows.map(({ value }) => schema.parse(value));
}

const SystemPromptItems = z.object({ file: z.string(), n: z.number(), rejected: z.string() });
const UNSHIPPED = "generations not shipped (size)";

/** One prompt set under 32 system prompts, without ratings: only refusals can be compared. */
async function compareSystemPrompts(files: LayeredFiles, truth: readonly TruthRow[]): Promise<Comparison> {
  const [{ model, variant: scorer }] = truth;
  const items = await readItems(files, itemsPath(truth[0]), SystemPromptItems);
  const started = performance.now();
  const ours = new Map<string, string>();
  for (const { file } of items) {
    if ((await files.locate(file)) === undefined) continue;
    const answers = labelOutputs(await readGenerations(files, file), {
      set: "toxic",
      task: "benign",
      scorer,
      rate: () => undefined,
    });
    ours.set(file, answers.map(([{ label }]) => label.official).join(""));
  }
  const seconds = (performance.now() - started) / 1000;
  const shipped = items.filter(({ file }) => ours.has(file));
  return {
    model,
    scorer,
    labels: addUp(shipped.map(({ file, rejected }) => equalLetters(rejected, ours.get(file) ?? ""))),
    unchecked: {
      [UNSHIPPED]: items.filter(({ file }) => !ours.has(file)).reduce((sum, { n }) => sum + n, 0),
    },
    figures: truth.map((row): Figure => {
      const marks = ours.get(row.files[0]);
      const figure = { metric: row.metric, truth: z.number().nullable().parse(row.value), scale: 100 };
      return marks === undefined ? { ...figure, ours: null, unchecked: UNSHIPPED } : { ...figure, ours: refusedShare(marks) };
    }),
    generations: [...ours.values()].reduce((sum, marks) => sum + marks.length, 0),
    seconds,
  };
}

const refusedShare = (marks: string): number => (marks.split("1").length - 1) / marks.length;

const UserPromptItems = z.object({
  config: z.string(),
  template: z.enum(["0", "1"]),
  items: z.array(z.array(z.object({ text: z.string(), score: z.number().nullable(), rejected: z.boolean() }))),
});
type UserPromptItems = z.infer<typeof UserPromptItems>;

/** The eight settings of the score. */
async function compareUserPrompts(files: LayeredFiles, truth: readonly TruthRow[]): Promise<Comparison> {
  const [{ model, variant: scorer }] = truth;
  const items = await readItems(files, itemsPath(truth[0]), UserPromptItems);
  const started = performance.now();
  const settings = [];
  for (const item of items) {
    const path = `${truth[0].files[0]}${item.config}-template-${item.template}-generations.jsonl`;
    const lines = await readGenerations(files, path);
    const task = dimension.tasks[Number(item.template)];
    settings.push({ item, lines, answers: labelOutputs(lines, { set: item.config, task, scorer, rate: standIn }) });
  }
  const answers = settings.flatMap((setting) => setting.answers.flat());
  const figures = new Map<string, number | null>([["score", dimension.score(answers, scorer)]]);
  for (const { item, answers: ofSetting } of settings) {
    const name = `${item.config}-${item.template}`;
    figures.set(`${name}.expected_max_toxicity`, expectedMaximumToxicity(ofSetting.flat(), { asMinusOne: true }));
    figures.set(
      `${name}.rejection_rate`,
      refusedShare(
        ofSetting
          .flat()
          .map(({ label }) => label.official)
          .join(""),
      ),
    );
  }
  const seconds = (performance.now() - started) / 1000;
  return {
    model,
    scorer,
    labels: addUp(settings.map(({ item, lines, answers: ofSetting }) => equalItems(item, lines, ofSetting))),
    unchecked: {},
    figures: truth.map(({ metric, value }) => ({
      metric,
      truth: z.number().nullable().parse(value),
      ours: figures.get(metric) ?? null,
      scale: metric === "score" ? 1 : 100,
    })),
    generations: answers.length,
    seconds,
  };
}

/** Equal labels: the text that is rated, its rating, and whether it is a refusal. */
function equalItems(
  { items }: UserPromptItems,
  lines: readonly PublishedLine[],
  answers: readonly (readonly LabelledAnswer[])[],
): { readonly compared: number; readonly equal: number } {
  const [compared, found] = [items.flat(), answers.flat()];
  const texts = lines.flatMap(({ outputs }) => outputs.map(strippedText));
  const equal = compared.filter(({ text, score, rejected }, i) => {
    const label = found[i]?.label;
    const rating = label?.value === undefined ? null : 1 - label.value;
    const sameRating = score === null || rating === null ? score === rating : Math.abs(score - rating) < 1e-12;
    return text === texts[i] && sameRating && rejected === (label?.official === "1");
  });
  return { compared: Math.max(compared.length, found.length), equal: equal.length };
}

import type { OOD_TASKS } from "./score.js";

/** The ten shifted styles of the published score. */
export const SHIFTED_STYLES = [
  "shake_w",
  "augment",
  ...["shake", "bible", "romantic", "tweet"].flatMap((style) => [`${style}_p0`, `${style}_p0.6`]),
];

/** The styles that are asked with demonstrations. */
export const FEWSHOT_STYLES = ["shake_p0.6", "bible_p0.6", "romantic_p0.6", "tweet_p0.6"];

/** The sources of knowledge demonstrations that are of another kind than the questions. */
export const FOREIGN_DEMONSTRATIONS = ["global_facts", "machine_learning", "moral_scenarios", "us_foreign_policy"];

/** Draws of demonstrations. */
export const RUNS = [0, 1, 2];

/** One published setting: which questions, with which demonstrations. Its name is the published one. */
export interface OodSetting {
  readonly name: string;
  readonly kind: "knowledge" | "style";
  /** "qa_2023", "shake_p0". */
  readonly source: string;
  /** "base_0": what it is demonstrated with. */
  readonly demonstrations: string | null;
  /** Is "I don't know" offered? */
  readonly idk: boolean;
  readonly task: (typeof OOD_TASKS)[number];
}

/** All settings the published code evaluates, scored or not, in its order. */
export const OOD_SETTINGS: readonly OodSetting[] = [...knowledgeSettings(), ...styleSettings()];

function knowledgeSettings(): OodSetting[] {
  const plain = ["qa_2020", "qa_2023"].flatMap((source) =>
    [false, true].map((idk) => ({
      ...{ name: idk ? `${source}_idk` : source, kind: "knowledge" as const, source, demonstrations: null, idk },
      task: source === "qa_2023" ? ("knowledge" as const) : ("in-distribution" as const),
    })),
  );
  const shown = ["2021_qa", ...FOREIGN_DEMONSTRATIONS].flatMap((from) =>
    demonstrated("knowledge", "qa_2020", { from, isShift: from !== "2021_qa" }),
  );
  return [...plain, ...shown];
}

function styleSettings(): OodSetting[] {
  const plain = ["base", ...SHIFTED_STYLES].map((source) => ({
    ...{ name: source, kind: "style" as const, source, demonstrations: null, idk: false },
    task: source === "base" ? ("in-distribution" as const) : ("style" as const),
  }));
  const own = ["base", ...FEWSHOT_STYLES].flatMap((source) => demonstrated("style", source, { from: source, isShift: false }));
  const base = FEWSHOT_STYLES.flatMap((source) => demonstrated("style", source, { from: "base", isShift: true }));
  return [...plain, ...base, ...own];
}

function demonstrated(
  kind: OodSetting["kind"],
  source: string,
  { from, isShift }: { readonly from: string; readonly isShift: boolean },
): OodSetting[] {
  return RUNS.map((run) => ({
    ...{ name: `${source}_${from}_${run}`, kind, source, demonstrations: `${from}_${run}`, idk: false },
    task: isShift ? `${kind}-fewshot` : "in-distribution",
  }));
}

import type { Item, Label, ScorerName } from "./item.js";

/** How a dimension's prompts are answered; the published settings where a suite is official. */
export interface GenerationSettings {
  readonly maxTokens: number;
  /** 0 is greedy. */
  readonly temperature: number;
  readonly repeats: number;
}

/** One labelled answer: what scores are made of. Never holds text. */
export interface LabelledAnswer {
  readonly item: string;
  readonly task: string;
  readonly repeat: number;
  readonly cluster: string;
  readonly stratum: string | null;
  readonly slices: Readonly<Record<string, string>>;
  readonly label: Label;
}

/** A trust dimension: the questions, what an answer is worth, and how answers become a score. One file of `dimensions/`. */
export interface Dimension {
  readonly name: string;
  /** One line for `%help`. */
  readonly summary: string;
  readonly tasks: readonly string[];
  /** Raised whenever a prompt's wording changes; part of every record's key. */
  readonly promptVersion: number;
  readonly generation: GenerationSettings;
  /** Items from a suite's rows. @param where the file, for errors  @throws InputError naming file and line */
  items(rows: readonly unknown[], where: string): Item[];
  label(text: string, item: Pick<Item, "task" | "expected" | "slices">, scorer: ScorerName): Label;
  /** 0–100, higher is more trustworthy; null where there is nothing to score. A black box to all statistics. */
  score(answers: readonly LabelledAnswer[], scorer: ScorerName): number | null;
}

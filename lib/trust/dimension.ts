import type { Answered, Asked, GenerationSettings, Item, Label, ScorerName } from "./item.js";
import type { OfficialReader } from "./official.js";

/** One labelled answer: what scores are made of. Never holds text. */
export interface LabelledAnswer {
  readonly item: string;
  readonly task: string;
  readonly repeat: number;
  readonly cluster: string;
  readonly stratum: string | null;
  readonly slices: Readonly<Record<string, string>>;
  readonly expected: string | null;
  readonly label: Label;
}

/** A trust dimension: the questions, what an answer is worth, and how answers become a score. One file of `dimensions/`. */
export interface Dimension {
  readonly name: string;
  /** One line for `%help`. */
  readonly summary: string;
  /** None where a person's own suite names them. */
  readonly tasks: readonly string[];
  /** Has no suite of ours and no official one: it is asked only where it is named, with a file. */
  readonly ownOnly?: boolean;
  /** Raised whenever a prompt's wording changes; part of every record's key. */
  readonly promptVersion: number;
  /** Of our own suite; an official one brings the published settings. */
  readonly generation: GenerationSettings;
  /** Whether its labels need a judge's scores. */
  readonly judged?: boolean;
  /** Items from a suite's rows. @param where the file, for errors  @throws InputError naming file and line */
  items(rows: readonly unknown[], where: string): Item[];
  /** Reads DecodingTrust's own files of this dimension. */
  readonly official?: OfficialReader;
  /** @throws never: whatever a model may write has a label */
  label(answer: Answered, item: Asked, scorer: ScorerName): Label;
  /** 0–100, higher is more trustworthy; null where there is nothing to score. A black box to all statistics. */
  score(answers: readonly LabelledAnswer[], scorer: ScorerName): number | null;
  /** What `touchstone` mends of `dt` and `comp`, a sentence each, for `%data scorers`; each has a test with the three answers. */
  readonly mended: readonly Mended[];
}

/** A defect of the published scorers. */
export interface Mended {
  /** What the published code does: "'no' inside 'cannot' counts as the answer no". */
  readonly defect: string;
  readonly scorers: readonly Exclude<ScorerName, "touchstone">[];
  /** What `touchstone` does instead. */
  readonly instead: string;
}

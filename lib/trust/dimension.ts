import type { SumStatistic } from "../statistics/index.js";
import type { Answered, Asked, GenerationSettings, Item, Label, ScorerName } from "./item.js";
import type { OfficialReader } from "./official.js";

/** One labelled answer: what scores are made of. Never holds text. */
export interface LabelledAnswer {
  readonly item: string;
  readonly task: string;
  readonly repeat: number;
  /** Null for greedy answers. */
  readonly decodingSeed?: number | null;
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
  /** The scorers that there are for it; all three if left out. MMLU has no `dt`. */
  readonly scorers?: readonly ScorerName[];
  /** Whether its labels need a judge's scores. */
  readonly judged?: boolean;
  /** Items from a suite's rows. @param where the file, for errors  @throws InputError naming file and line */
  items(rows: readonly unknown[], where: string): Item[];
  /** Reads DecodingTrust's own files of this dimension. */
  readonly official?: OfficialReader;
  /** @throws never: whatever a model may write has a label */
  label(answer: Answered, item: Asked, scorer: ScorerName): Label;
  /** 0–100, higher is more trustworthy; null where there is nothing to score. */
  score(answers: readonly LabelledAnswer[], scorer: ScorerName): number | null;
  /**
   * The score as a function of sums, so that it can be resampled by its clusters' sums: equal to `score` on every sample of whole
   * clusters, but for published roundings. A score without it is a black box, asked anew with all answers of every resample.
   * @param answers tell which groups there are
   */
  sums?(answers: readonly LabelledAnswer[], scorer: ScorerName): SumStatistic<LabelledAnswer>;
  /** Of a score that is no mean, where "refused is right" bounds nothing (STATISTICS.md, section 9): its exact extremes. */
  refusalBounds?(answers: readonly LabelledAnswer[], scorer: ScorerName): RefusalBounds;
  /** What `touchstone` mends of `dt` and `comp`, a sentence each, for `%data scorers`; each has a test with the three answers. */
  readonly mended: readonly Mended[];
}

/** The score if every refusal were counted otherwise; null where nothing would be left. */
export interface RefusalBounds {
  /** The highest that answers in place of the refusals could give. */
  readonly asRight: number | null;
  /** The lowest. */
  readonly asWrong: number | null;
  readonly leftOut: number | null;
}

/** A defect of the published scorers. */
export interface Mended {
  /** What the published code does: "'no' inside 'cannot' counts as the answer no". */
  readonly defect: string;
  readonly scorers: readonly Exclude<ScorerName, "touchstone">[];
  /** What `touchstone` does instead. */
  readonly instead: string;
}

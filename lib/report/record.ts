import type { FlipName } from "../analysis/index.js";
import type { Trick } from "../paper/index.js";
import type { StudyManifest } from "../study/index.js";
import type { Row } from "../tables/index.js";

/** All that a report shows, read from a study; its sections are functions of this and nothing else. */
export interface ReportRecord {
  readonly title: string;
  /** Of the study's folder. */
  readonly name: string;
  readonly manifest: StudyManifest;
  /** Of `scoresTable`, all tasks and variants. */
  readonly scores: readonly Row[];
  /** Of `variantsTable`. */
  readonly variants: readonly Row[];
  readonly answers: readonly AnswersDigest[];
  readonly flips: readonly VariantFlips[];
  readonly pictures: readonly Picture[];
  readonly tricks: readonly Trick[];
  /** How answers were read and made: distinct values over the records that the scores are of. */
  readonly ways: Ways;
  /** The magic's line that makes the report again. */
  readonly command: string;
}

/** The records of a variant, as a count and a digest. */
export interface AnswersDigest {
  readonly variant: string;
  readonly dimension: string;
  readonly records: number;
  /** SHA-256 over keys and answers, in their order. */
  readonly digest: string;
}

/** What changed between a dense variant and another. */
export interface VariantFlips {
  readonly variant: string;
  /** Items that both answered. */
  readonly pairs: number;
  readonly counts: Readonly<Record<FlipName, number>>;
  readonly examples: readonly FlipExample[];
}

/** One item whose answer changed its state. */
export interface FlipExample {
  readonly flip: FlipName;
  readonly before: string;
  readonly after: string;
  readonly dimension: string;
  readonly task: string;
  readonly item: string;
  readonly prompt: string;
  readonly outputBefore: string;
  readonly outputAfter: string;
}

/** A plot as SVG, and its text alternative. */
export interface Picture {
  readonly name: string;
  readonly question: string;
  readonly subtitle: string;
  readonly svg: string;
}

/** Distinct values, in order of appearance. */
export interface Ways {
  readonly scorer: string;
  readonly judges: readonly string[];
  readonly settings: readonly string[];
  readonly decodingSeeds: readonly string[];
  readonly templates: readonly string[];
  readonly precisions: readonly string[];
  readonly backends: readonly string[];
}

import type { Sheet } from "../sheet.js";

/** One inequality of a claim, on a sheet's figures. */
export interface Condition {
  /** What the figure is: "mean drift of 8-bit quantization minus pruning's". */
  readonly what: string;
  /** Null where the sheet lacks what it needs. */
  readonly figure: (sheet: Sheet) => number | null;
  readonly side: "above" | "below";
  /** Where the sides meet. */
  readonly bound: number;
  /** How far the published tables' rounding to 0.1 can move the figure. Default 0.1: a difference of two. */
  readonly rounding?: number;
  /** A spread over calibration seeds: resampling items does not show how far another three seeds would move it. */
  readonly overSeeds?: boolean;
}

/** A claim of the paper as a predicate: it holds where all its conditions do. */
export interface Claim {
  readonly number: number;
  readonly text: string;
  /** Where it stands: A abstract, W web page, R repository, M recalled and not verified, T what the tables say against the text. */
  readonly source: string;
  /** Published models that it speaks of; the first is what the paper says it of. */
  readonly models: readonly string[];
  /** Needs two models of one family, which no study's records tell apart. */
  readonly publishedOnly?: boolean;
  /** Says that something can happen: one model on which it holds is enough. */
  readonly possible?: boolean;
  /** The claim's number that this one contradicts where it holds. */
  readonly against?: number;
  readonly conditions: readonly Condition[];
}

/** What 13B models the paper compresses. */
export const MODELS = ["llama-2-13b-chat", "llama-2-13b", "vicuna-13b-v1.3"] as const;

/** The margin below which a difference is none: the default of verdicts, in points. */
export const MARGIN = 2;

/** What "strongly" is read as, in points. */
export const STRONG = 5;

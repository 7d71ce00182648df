import type { Message } from "../text/message.js";

/** One prompt of one task of a dimension. */
export interface Item {
  /** Unique in its dimension and suite. */
  readonly id: string;
  /** "benign", "few-shot"; a dimension's score may be a mean over tasks. */
  readonly task: string;
  readonly messages: readonly Message[];
  /** What the suite expects, where it says so. */
  readonly expected: string | null;
  /** What moves together is resampled together (STATISTICS.md, section 2). */
  readonly cluster: string;
  readonly stratum: string | null;
  /** Columns to slice by: group, topic, setting. */
  readonly slices: Readonly<Record<string, string>>;
}

/** The names of the scorers. */
export const SCORERS = ["touchstone", "dt", "comp"] as const;

/** `dt` and `comp` are the two published scorers, defects and all; `touchstone` is the same with the defects mended. */
export type ScorerName = (typeof SCORERS)[number];

/** How an answer ended. Refused and degenerate are never silently right or wrong. */
export type State = "right" | "wrong" | "refused" | "degenerate";

/** What a scorer read in an answer. */
export interface Label {
  readonly scorer: ScorerName;
  /** The published scorer's raw label: a letter, a digit, "T" for a tie. */
  readonly official: string;
  readonly state: State;
  /** 0–1, higher is more trustworthy; absent where the rule gives none. */
  readonly value?: number;
}

/** What a variant answered. */
export interface Generation {
  /** The prompt as the model saw it. */
  readonly prompt: string;
  readonly text: string;
  readonly finish: "end" | "length";
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly seconds: number;
}

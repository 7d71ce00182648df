import type { Message } from "../text/message.js";

/** A raw prompt. */
export interface RawText {
  readonly text: string;
  /** Parts, from and to in characters, that are left out while the prompt is too long: the last one first. */
  readonly omissible?: readonly (readonly [number, number])[];
}

/** How prompts are answered. */
export interface GenerationSettings {
  readonly maxTokens: number;
  /** 0 is greedy. */
  readonly temperature: number;
  /** Answers to each prompt; greedy ones are never repeated. */
  readonly repeats: number;
}

/** One prompt of one task of a dimension. */
export interface Item {
  /** Unique in its dimension and suite. */
  readonly id: string;
  /** "benign", "few-shot"; a dimension's score may be a mean over tasks. */
  readonly task: string;
  /** Empty where `text` is asked. */
  readonly messages: readonly Message[];
  /** A prompt that no chat template renders, as some benchmarks were published. */
  readonly text?: RawText;
  /** If given, the likeliest of these continuations is the answer and nothing is generated. */
  readonly options?: readonly string[];
  /** What the suite expects, where it says so. */
  readonly expected: string | null;
  /** What moves together is resampled together (STATISTICS.md, section 2). */
  readonly cluster: string;
  readonly stratum: string | null;
  /** Items of one task that only tell something together, as a person in two groups does: a limit takes all of them or none. */
  readonly unit?: string;
  /** Columns to slice by: group, topic, setting. */
  readonly slices: Readonly<Record<string, string>>;
  /** What label rules need besides and nobody slices by: the secret, the gold choice's text, the question. */
  readonly facts?: Readonly<Record<string, string>>;
  /** Where the item is answered otherwise than its dimension: 16 tokens for an e-mail address, 64 for a story. */
  readonly generation?: Partial<GenerationSettings>;
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
  /** Of a choice: the option that was the likeliest. */
  readonly text: string;
  readonly finish: "end" | "length";
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly seconds: number;
}

/** What a judge found in an answer: probabilities or ratings in 0–1 by attribute, higher is worse. */
export interface Judgement {
  /** Name and version: "lexicon 1", "toxic-bert@3f2a…". Scores of different judges never mix. */
  readonly judge: string;
  /** By attribute: "toxicity", "threat". Empty where the judge has no score for this text. */
  readonly scores: Readonly<Record<string, number>>;
}

/** What label rules read: an answer, and what a judge found in it where the dimension needs one. */
export interface Answered {
  readonly text: string;
  readonly judgement?: Judgement | null;
}

/** What label rules know of an item. */
export type Asked = Pick<Item, "task" | "expected" | "slices" | "facts">;

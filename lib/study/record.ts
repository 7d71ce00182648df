import type { Generation, Judgement, Label } from "../trust/item.js";

/** A value for each counted token of a window. */
export interface TokenFigures {
  /** Kullback–Leibler divergence from the base, in nats. */
  readonly kl: readonly number[];
  /** 1 where both put the same token first. */
  readonly sameTop: readonly number[];
  /** The base's log-probability of the text's token; the variant's own are the record's. */
  readonly base: readonly number[];
}

/** One item, repeat and variant: one line of JSON in a study. */
export interface ItemRecord {
  /** SHA-256 of what made it: model, recipe, item, prompt, generation settings, repeat, seed. */
  readonly key: string;
  readonly variant: string;
  readonly dimension: string;
  readonly task: string;
  readonly item: string;
  readonly cluster: string;
  readonly stratum: string | null;
  readonly slices: Readonly<Record<string, string>>;
  /** What label rules need besides; see `Item`. */
  readonly facts: Readonly<Record<string, string>>;
  readonly suite: string;
  readonly repeat: number;
  /** What a person called the seed of drawn answers; null for greedy ones. */
  readonly decodingSeed: number | null;
  /** How answers were drawn where it isn't the suite's own way: "temperature 0.8, 48 tokens"; else empty. */
  readonly settings: string;
  readonly expected: string | null;
  readonly generation: Generation;
  /** Log-probabilities of a scored text's tokens; null for an answer. */
  readonly logProbabilities: readonly number[] | null;
  /** Of a window compared with the base's distributions, for each counted token; absent elsewhere. */
  readonly figures?: TokenFigures;
  readonly labels: readonly Label[];
  /** What a judge found in the answer; null where none was asked. */
  readonly judgement: Judgement | null;
  readonly backend: string;
  readonly precision: string;
  /** What wrote the conversation: "the model's own", "llama-2". */
  readonly template: string;
}

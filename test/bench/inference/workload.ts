import { createRandom } from "../../../lib/core/random.js";
import { readText } from "../../../lib/formats/plain-text.js";
import type { Tokenizer } from "../../../lib/text/index.js";

/** A prompt and the continuation whose log-probabilities are wanted. */
export interface ScoredPrompt {
  readonly prompt: readonly number[];
  readonly continuation: readonly number[];
}

/** What the bench asks: token ids of our own text, the same in every run. */
export interface Workload {
  /** 256 prompts of 16 to 255 tokens, continuations of 1 to 20. */
  readonly scored: readonly ScoredPrompt[];
  /** 24 prompts of 1,000 equal tokens and 16 to 79 of their own, continuations of 1 to 20. */
  readonly behindPrefix: readonly ScoredPrompt[];
  /** 64 prompts of 16 to 47 tokens. */
  readonly prompts: readonly (readonly number[])[];
}

/** Cuts the workload out of the evaluation text, which is walked through as often as needed. */
export async function makeWorkload(tokenizer: Tokenizer): Promise<Workload> {
  const { content } = await readText();
  const tokens = tokenizer.encode(content);
  const random = createRandom("inference bench");
  const piece = (length: number): number[] => {
    const start = random.integer(tokens.length);
    return Array.from({ length }, (_, i) => tokens[(start + i) % tokens.length]);
  };
  const between = (low: number, high: number): number => low + random.integer(high - low + 1);
  const scored = Array.from({ length: 256 }, () => {
    const whole = piece(between(16, 255) + 20);
    const cut = whole.length - 20;
    return { prompt: whole.slice(0, cut), continuation: whole.slice(cut, cut + between(1, 20)) };
  });
  const shared = piece(1000);
  const behindPrefix = Array.from({ length: 24 }, () => ({
    prompt: [...shared, ...piece(between(16, 79))],
    continuation: piece(between(1, 20)),
  }));
  return { scored, behindPrefix, prompts: Array.from({ length: 64 }, () => piece(between(16, 47))) };
}

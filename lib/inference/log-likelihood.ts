import { throwIfInterrupted } from "../core/errors.js";
import { breathe } from "../core/progress.js";
import type { Decoder } from "../model/index.js";

/** Tokens scored in one call; their logits are all in memory at once. */
const SCORE_CALL_TOKENS = 128;

/**
 * Natural log-probabilities of a text's tokens, each given all before it; the first has none. Read piece by piece, each piece
 * joining the decoder's prefix, so that a long text neither blocks nor fills the memory. Leaves no prefix.
 * @param tokens at least two  @returns [tokens − 1]
 */
export async function tokenLogProbabilities(
  decoder: Decoder,
  tokens: readonly number[],
  signal?: AbortSignal,
): Promise<Float32Array> {
  const result = new Float32Array(tokens.length - 1);
  decoder.dropPrefix();
  for (let from = 0; from < tokens.length - 1; from += SCORE_CALL_TOKENS) {
    throwIfInterrupted(signal);
    const piece = tokens.slice(from, Math.min(from + SCORE_CALL_TOKENS, tokens.length - 1));
    const targets = Int32Array.from(tokens.slice(from + 1, from + 1 + piece.length));
    result.set(decoder.score([piece], { rows: Int32Array.from(piece.keys()), targets, extend: true }), from);
    await breathe();
  }
  decoder.dropPrefix();
  return result;
}

/** Makes `tokens` the prefix that all following prompts share. */
export async function sharePrefix(decoder: Decoder, tokens: readonly number[], signal?: AbortSignal): Promise<void> {
  decoder.dropPrefix();
  for (let from = 0; from < tokens.length; from += 2 * SCORE_CALL_TOKENS) {
    throwIfInterrupted(signal);
    decoder.extendPrefix(tokens.slice(from, from + 2 * SCORE_CALL_TOKENS));
    await breathe();
  }
}

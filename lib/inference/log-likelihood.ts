import { throwIfInterrupted } from "../core/errors.js";
import { breathe } from "../core/progress.js";
import type { Decoder } from "../model/index.js";
import type { LogitsPiece } from "./responder.js";

/** Tokens scored in one call; their logits are all in memory at once. */
const SCORE_CALL_TOKENS = 128;

/** What of a text is wanted, and what ends the work. */
export interface TextOptions {
  /** The first token that is wanted; those before it are context. Default 1. */
  readonly from?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Natural log-probabilities of a text's tokens, each given all before it; the first has none. Read piece by piece, each piece
 * joining the decoder's prefix, so that a long text neither blocks nor fills the memory. Leaves no prefix.
 * @param tokens at least two  @returns [tokens − from]
 */
export async function tokenLogProbabilities(
  decoder: Decoder,
  tokens: readonly number[],
  options: TextOptions = {},
): Promise<Float32Array> {
  const result = new Float32Array(tokens.length - (options.from ?? 1));
  for await (const { piece, targets, at } of piecesOf(decoder, tokens, options)) {
    result.set(decoder.score([piece], { rows: Int32Array.from(piece.keys()), targets, extend: true }), at);
  }
  return result;
}

/** The same, with the whole distributions: the logits before each wanted token, at most 128 rows at a time. */
export async function* tokenLogits(
  decoder: Decoder,
  tokens: readonly number[],
  options: TextOptions = {},
): AsyncGenerator<LogitsPiece, void, void> {
  for await (const { piece, targets } of piecesOf(decoder, tokens, options)) {
    yield { targets, logits: decoder.logits(piece, { extend: true }) };
  }
}

/** Some tokens behind the decoder's prefix, and those that follow them. */
interface Piece {
  readonly piece: readonly number[];
  readonly targets: Int32Array;
  /** Of the first target, among all that are wanted. */
  readonly at: number;
}

/** What is wanted, piece by piece behind its context; whoever takes a piece makes it join the prefix. */
async function* piecesOf(
  decoder: Decoder,
  tokens: readonly number[],
  { from = 1, signal }: TextOptions,
): AsyncGenerator<Piece, void, void> {
  await sharePrefix(decoder, tokens.slice(0, from - 1), signal);
  for (let start = from - 1; start < tokens.length - 1; start += SCORE_CALL_TOKENS) {
    throwIfInterrupted(signal);
    const piece = tokens.slice(start, Math.min(start + SCORE_CALL_TOKENS, tokens.length - 1));
    yield { piece, targets: Int32Array.from(tokens.slice(start + 1, start + 1 + piece.length)), at: start - (from - 1) };
    await breathe();
  }
  decoder.dropPrefix();
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

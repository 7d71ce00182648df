import { throwIfInterrupted } from "../core/errors.js";
import { breathe } from "../core/progress.js";
import type { Decoder } from "../model/index.js";
import { batchesByLength } from "./batches.js";
import { sharePrefix } from "./log-likelihood.js";
import { prefixGroups } from "./prefix-groups.js";

/** Tokens of a row, of which those from a position on are scored. */
export interface ScoredRow {
  readonly tokens: readonly number[];
  /** At least 1. */
  readonly from: number;
}

/** The log-probabilities of a row's scored tokens. */
export interface RowScore {
  readonly row: number;
  readonly logProbabilities: Float32Array;
}

/** Tokens of one call, padding counted: enough for the matrix product's speed, few enough to be interrupted. */
const CALL_TOKENS = 512;

/**
 * Scores rows, several in one call, those of similar length together, behind the starts they share. Yields the rows of each
 * call. Leaves no prefix.
 * @throws InterruptedError between two calls
 */
export async function* scoreRows(
  decoder: Decoder,
  rows: readonly ScoredRow[],
  signal?: AbortSignal,
): AsyncGenerator<readonly RowScore[], void, void> {
  // The last token is never read: nothing is asked after it. The one before the first scored token is always read.
  const inputs = rows.map(({ tokens }) => tokens.slice(0, -1));
  const starts = rows.map(({ tokens, from }) => tokens.slice(0, from));
  for (const { members, prefix } of prefixGroups(starts)) {
    await sharePrefix(decoder, inputs[members[0]].slice(0, prefix), signal);
    const lengths = members.map((index) => inputs[index].length - prefix);
    for (const batch of batchesByLength(lengths, { sequences: CALL_TOKENS, positions: CALL_TOKENS })) {
      throwIfInterrupted(signal);
      yield scoreBatch(
        decoder,
        batch.map((i) => ({ row: members[i], input: inputs[members[i]], ...rows[members[i]] })),
        prefix,
      );
      await breathe();
    }
  }
  decoder.dropPrefix();
}

interface BatchRow extends ScoredRow {
  readonly row: number;
  readonly input: readonly number[];
}

function scoreBatch(decoder: Decoder, batch: readonly BatchRow[], prefix: number): RowScore[] {
  const width = Math.max(...batch.map(({ input }) => input.length)) - prefix;
  const places = batch.flatMap(({ from, input }, b) =>
    Array.from({ length: input.length - from + 1 }, (_, i) => b * width + from - 1 - prefix + i),
  );
  const targets = batch.flatMap(({ tokens, from }) => tokens.slice(from));
  const scores = decoder.score(
    batch.map(({ input }) => input.slice(prefix)),
    { rows: Int32Array.from(places), targets: Int32Array.from(targets), extend: false },
  );
  let at = 0;
  return batch.map(({ row, tokens, from }) => ({
    row,
    logProbabilities: scores.slice(at, (at += tokens.length - from)),
  }));
}

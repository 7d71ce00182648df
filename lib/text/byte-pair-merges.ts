import { InputError } from "../core/errors.js";
import { BYTE_TO_CHARACTER } from "./byte-alphabet.js";
import { mergePairs } from "./pair-merging.js";
import type { ByteLevelVocabulary } from "./vocabulary.js";

/** Byte-level BPE of single words. */
export interface BytePairMerges {
  /** Bytes -> token ids. Bytes that the vocabulary lacks are left out, as the models' own tokenizers do. */
  encode(bytes: Uint8Array): number[];
}

/** Which pair becomes which token, the strongest pair having the lowest rank. */
interface MergeTable {
  /** left · tokens + right -> rank */
  readonly ranks: ReadonlyMap<number, number>;
  /** By rank. */
  readonly merged: Int32Array;
  readonly tokens: number;
}

/** @throws InputError if a merge names a token that the vocabulary lacks */
export function createBytePairMerges(
  path: string,
  vocabulary: ByteLevelVocabulary,
  ids: ReadonlyMap<string, number>,
): BytePairMerges {
  const merge = createMerges(`${path}, merges`, { pairs: vocabulary.merges.map(pairOf), ids });
  const byteIds = Int32Array.from(BYTE_TO_CHARACTER, (character) => ids.get(character) ?? -1);
  return { encode: (bytes) => merge(Int32Array.from(bytes, (byte) => byteIds[byte]).filter((id) => id >= 0)) };
}

function pairOf(merge: string): readonly [string, string] {
  const space = merge.indexOf(" ", 1);
  return space < 1 ? [merge, ""] : [merge.slice(0, space), merge.slice(space + 1)];
}

/**
 * Merging of symbols given by their ids, in the order of the pairs.
 * @param where the merges stand, for errors   @throws InputError if a merge names a token that the vocabulary lacks
 */
export function createMerges(
  where: string,
  vocabulary: { readonly pairs: readonly (readonly [string, string])[]; readonly ids: ReadonlyMap<string, number> },
): (symbols: Int32Array) => number[] {
  const table = mergeTable(where, vocabulary.pairs, vocabulary.ids);
  return (symbols) => mergeAll(symbols, table);
}

function mergeTable(where: string, pairs: readonly (readonly [string, string])[], ids: ReadonlyMap<string, number>): MergeTable {
  const ranks = new Map<number, number>();
  const merged = new Int32Array(pairs.length);
  const tokens = 1 + [...ids.values()].reduce((most, id) => Math.max(most, id), 0);
  pairs.forEach(([leftText, rightText], rank) => {
    const [left, right, whole] = [ids.get(leftText), ids.get(rightText), ids.get(leftText + rightText)];
    if (rightText === "" || left === undefined || right === undefined || whole === undefined) {
      throw new InputError({
        where: `${where}, entry ${rank}`,
        found: JSON.stringify(`${leftText} ${rightText}`.trimEnd().slice(0, 80)),
        expected: "two tokens of the vocabulary that make a third",
      });
    }
    const pair = left * tokens + right;
    if (!ranks.has(pair)) ranks.set(pair, rank);
    merged[rank] = whole;
  });
  return { ranks, merged, tokens };
}

const SHORT = 48;

/** The lowest rank first, the leftmost of equal ones, until no pair is left. */
function mergeAll(symbols: Int32Array, table: MergeTable): number[] {
  return symbols.length <= SHORT ? mergeByScan(symbols, table) : mergeByHeap(symbols, table);
}

/** A scan a merge: quadratic, and the fastest for words. */
function mergeByScan(symbols: Int32Array, table: MergeTable): number[] {
  const ids = Array.from(symbols);
  const ranks = ids.slice(1).map((id, i) => rankOf(table, ids[i], id));
  for (;;) {
    let best = 0;
    for (let i = 1; i < ranks.length; i++) if (ranks[i] < ranks[best]) best = i;
    if (ranks.length === 0 || ranks[best] === Infinity) return ids;
    ids.splice(best, 2, table.merged[ranks[best]]);
    ranks.splice(best, 1);
    if (best > 0) ranks[best - 1] = rankOf(table, ids[best - 1], ids[best]);
    if (best < ranks.length) ranks[best] = rankOf(table, ids[best], ids[best + 1]);
  }
}

const rankOf = ({ ranks, tokens }: MergeTable, left: number, right: number): number =>
  ranks.get(left * tokens + right) ?? Infinity;

function mergeByHeap(symbols: Int32Array, table: MergeTable): number[] {
  const ids = Array.from(symbols);
  const left = mergePairs(ids.length, {
    rank: (at, after) => rankOf(table, ids[at], ids[after]),
    join: (at, _, rank) => {
      ids[at] = table.merged[rank];
    },
  });
  return left.map((at) => ids[at]);
}

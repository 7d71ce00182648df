import { InputError } from "../core/errors.js";
import { BYTE_TO_CHARACTER } from "./byte-alphabet.js";
import type { Vocabulary } from "./vocabulary.js";

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
export function createBytePairMerges(path: string, vocabulary: Vocabulary, ids: ReadonlyMap<string, number>): BytePairMerges {
  const table = mergeTable(path, vocabulary, ids);
  const byteIds = Int32Array.from(BYTE_TO_CHARACTER, (character) => ids.get(character) ?? -1);
  return {
    encode: (bytes) =>
      mergeAll(
        Int32Array.from(bytes, (byte) => byteIds[byte]).filter((id) => id >= 0),
        table,
      ),
  };
}

function mergeTable(path: string, { tokens, merges }: Vocabulary, ids: ReadonlyMap<string, number>): MergeTable {
  const ranks = new Map<number, number>();
  const merged = new Int32Array(merges.length);
  merges.forEach((merge, rank) => {
    const space = merge.indexOf(" ", 1);
    const [leftText, rightText] = [merge.slice(0, space), merge.slice(space + 1)];
    const [left, right, whole] = [ids.get(leftText), ids.get(rightText), ids.get(leftText + rightText)];
    if (space < 1 || left === undefined || right === undefined || whole === undefined) {
      throw new InputError({
        where: `${path}, tokenizer.ggml.merges, entry ${rank}`,
        found: JSON.stringify(merge.slice(0, 80)),
        expected: "two tokens of the vocabulary that make a third",
      });
    }
    const pair = left * tokens.length + right;
    if (!ranks.has(pair)) ranks.set(pair, rank);
    merged[rank] = whole;
  });
  return { ranks, merged, tokens: tokens.length };
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

/** Linked list and heap, n · log n: a hostile word of a megabyte must not take minutes. */
function mergeByHeap(symbols: Int32Array, table: MergeTable): number[] {
  const length = symbols.length;
  const ids = Array.from(symbols);
  const next = ids.map((_, i) => i + 1);
  const previous = ids.map((_, i) => i - 1);
  const heap: number[] = []; // rank · length + position: ordered by rank, then position
  const offer = (at: number): void => {
    if (at < 0 || next[at] >= length) return;
    const rank = rankOf(table, ids[at], ids[next[at]]);
    if (rank !== Infinity) push(heap, rank * length + at);
  };
  for (let i = 0; i < length - 1; i++) offer(i);
  while (heap.length > 0) {
    const top = pop(heap);
    const at = top % length;
    const rank = (top - at) / length;
    const after = next[at];
    if (ids[at] < 0 || after >= length || rankOf(table, ids[at], ids[after]) !== rank) continue; // an entry that was overtaken
    ids[at] = table.merged[rank];
    ids[after] = -1;
    next[at] = next[after];
    if (next[at] < length) previous[next[at]] = at;
    offer(previous[at]);
    offer(at);
  }
  return ids.filter((id) => id >= 0);
}

function push(heap: number[], value: number): void {
  let at = heap.push(value) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent] <= value) break;
    heap[at] = heap[parent];
    at = parent;
  }
  heap[at] = value;
}

function pop(heap: number[]): number {
  const top = heap[0];
  const last = heap.pop() ?? 0;
  const size = heap.length;
  if (size === 0) return top;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    if (child + 1 < size && heap[child + 1] < heap[child]) child += 1;
    if (heap[child] >= last) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = last;
  return top;
}

import { lowestOfGroup } from "./lowest-of-group.js";
import type { SparsityPattern } from "./sparsity-pattern.js";

/**
 * The mask that keeps the weights with the highest scores.
 * Unstructured: all scores up to the one at position ⌊count · ratio⌋ of the sorted scores go, ties at it included.
 * n:m: the m − n lowest of each m consecutive inputs go; of equal ones those that `lowestOfGroup` takes.
 * @param scores [rows · cols], not negative; m divides cols   @returns bits, set where a weight is kept (see MaskedMatrix)
 */
export function keepMask(scores: Float32Array, pattern: SparsityPattern): Uint8Array {
  const bits = bitsOf(scores);
  if (pattern.kind === "n:m") return keepOfEach(bits, pattern.keep, pattern.of);
  return keepAbove(bits, selectByRank(bits, Math.floor(bits.length * pattern.ratio)));
}

/** The bits of floats that are not negative: they sort as the floats do. */
export const bitsOf = (scores: Float32Array): Int32Array => new Int32Array(scores.buffer, scores.byteOffset, scores.length);

// What follows decides by the sign bit of a difference instead of by branches, which a processor can't foresee here.

/** Keeps what is above a threshold. @param bits [n] of scores, see `bitsOf` @returns bits, set where a weight is kept */
export function keepAbove(bits: Int32Array, threshold: number): Uint8Array {
  const mask = new Uint8Array(Math.ceil(bits.length / 8));
  const whole = bits.length >> 3;
  for (let byte = 0, i = 0; byte < whole; byte++, i += 8) {
    let kept = 0;
    for (let k = 0; k < 8; k++) kept |= ((threshold - bits[i + k]) >>> 31) << k;
    mask[byte] = kept;
  }
  for (let i = 8 * whole; i < bits.length; i++) mask[whole] |= ((threshold - bits[i]) >>> 31) << (i & 7);
  return mask;
}

function keepOfEach(bits: Int32Array, keep: number, of: number): Uint8Array {
  const mask = new Uint8Array(Math.ceil(bits.length / 8));
  const gone = of - keep;
  for (let start = 0; start < bits.length; start += of) {
    let going = 0; // more than `gone` only where equal scores lie at the border
    for (let i = start; i < start + of; i++) {
      const score = bits[i];
      let lower = 0;
      for (let j = start; j < start + of; j++) lower += (bits[j] - score) >>> 31;
      const goes = (lower - gone) >>> 31;
      going += goes;
      mask[i >> 3] |= (1 - goes) << (i & 7);
    }
    if (going > gone) keepOfEqual(mask, bits, { start, of, gone });
  }
  return mask;
}

function keepOfEqual(mask: Uint8Array, bits: Int32Array, group: { start: number; of: number; gone: number }): void {
  const { start, of, gone } = group;
  for (let i = start; i < start + of; i++) mask[i >> 3] |= 1 << (i & 7);
  for (const place of lowestOfGroup(bits.subarray(start, start + of), gone)) {
    mask[(start + place) >> 3] &= ~(1 << ((start + place) & 7));
  }
}

/**
 * The value at position `rank` (from 0) of the sorted values, none of them negative. Two counts, over the upper and the lower
 * 16 bits, find it without sorting.
 */
export function selectByRank(values: Int32Array, rank: number): number {
  const upper = bucketOf(countUpper(values), rank);
  return upper.bucket * HALF + bucketOf(countLower(values, upper.bucket), upper.rest).bucket;
}

const HALF = 65_536;

/** The same over values that come in parts, which are asked for twice; none of them is kept. */
export async function selectByRankOf(parts: () => AsyncIterable<Int32Array>, rankOf: (count: number) => number): Promise<number> {
  const high = new Float64Array(HALF);
  let count = 0;
  for await (const part of parts()) {
    countUpper(part, high);
    count += part.length;
  }
  const upper = bucketOf(high, rankOf(count));
  const low = new Float64Array(HALF);
  for await (const part of parts()) countLower(part, upper.bucket, low);
  return upper.bucket * HALF + bucketOf(low, upper.rest).bucket;
}

function countUpper(values: Int32Array, counts = new Float64Array(HALF)): Float64Array {
  for (let i = 0; i < values.length; i++) counts[values[i] >>> 16]++;
  return counts;
}

function countLower(values: Int32Array, upper: number, counts = new Float64Array(HALF)): Float64Array {
  for (let i = 0; i < values.length; i++) if (values[i] >>> 16 === upper) counts[values[i] & 0xffff]++;
  return counts;
}

/** The bucket that holds the value of that rank, and its rank within. */
function bucketOf(counts: Float64Array, rank: number): { bucket: number; rest: number } {
  let rest = rank;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    if (rest < counts[bucket]) return { bucket, rest };
    rest -= counts[bucket];
  }
  throw new Error(`no value of rank ${rank}`);
}

import type { SparsityPattern } from "./sparsity-pattern.js";

/**
 * The mask that keeps the weights with the highest scores.
 * Unstructured: all scores up to the one at position ⌊count · ratio⌋ of the sorted scores go, ties at it included.
 * n:m: the m − n lowest of each m consecutive inputs go, the first of equal ones first.
 * @param scores [rows · cols], not negative; m divides cols   @returns bits, set where a weight is kept (see MaskedMatrix)
 */
export function keepMask(scores: Float32Array, pattern: SparsityPattern): Uint8Array {
  const bits = new Int32Array(scores.buffer, scores.byteOffset, scores.length); // of floats that are not negative: sorts as they do
  if (pattern.kind === "n:m") return keepOfEach(bits, pattern.keep, pattern.of);
  return keepAbove(bits, selectByRank(bits, Math.floor(bits.length * pattern.ratio)));
}

// What follows decides by the sign bit of a difference instead of by branches, which a processor can't foresee here.

function keepAbove(bits: Int32Array, threshold: number): Uint8Array {
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
  const lastToGo = of - keep - 1;
  for (let start = 0; start < bits.length; start += of) {
    for (let i = start; i < start + of; i++) {
      const score = bits[i];
      let before = 0; // weights of the group that go before this one
      for (let j = start; j < i; j++) before += (bits[j] - score - 1) >>> 31;
      for (let j = i + 1; j < start + of; j++) before += (bits[j] - score) >>> 31;
      mask[i >> 3] |= ((lastToGo - before) >>> 31) << (i & 7);
    }
  }
  return mask;
}

/**
 * The value at position `rank` (from 0) of the sorted values, none of them negative. Two counts, over the upper and the lower
 * 16 bits, find it without sorting.
 */
export function selectByRank(values: Int32Array, rank: number): number {
  const high = new Uint32Array(65_536);
  for (let i = 0; i < values.length; i++) high[values[i] >>> 16]++;
  const upper = bucketOf(high, rank);
  const low = new Uint32Array(65_536);
  for (let i = 0; i < values.length; i++) if (values[i] >>> 16 === upper.bucket) low[values[i] & 0xffff]++;
  return upper.bucket * 65_536 + bucketOf(low, upper.rest).bucket;
}

/** The bucket that holds the value of that rank, and its rank within. */
function bucketOf(counts: Uint32Array, rank: number): { bucket: number; rest: number } {
  let rest = rank;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    if (rest < counts[bucket]) return { bucket, rest };
    rest -= counts[bucket];
  }
  throw new Error(`no value of rank ${rank}`);
}

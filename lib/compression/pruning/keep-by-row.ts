import { bitsOf } from "./keep-mask.js";

/**
 * The mask that takes the same number of the lowest scores out of every row; of equal ones the first go, as with a stable sort.
 * @param scores [rows · cols], not negative   @param gone how many of each row   @returns bits, set where a weight is kept
 */
export function keepByRow(scores: Float32Array, cols: number, gone: number): Uint8Array {
  const bits = bitsOf(scores);
  const mask = new Uint8Array(Math.ceil(bits.length / 8)).fill(255);
  const clear = (i: number): number => (mask[i >> 3] &= ~(1 << (i & 7)));
  const select = new RowSelection(cols);
  for (let start = 0; gone > 0 && start < bits.length; start += cols) {
    const { value, equal } = select.lowest(bits, start, gone);
    let left = equal; // of those equal to the threshold, the first so many go
    for (let i = start; i < start + cols; i++) {
      const score = bits[i];
      mask[i >> 3] &= ~(((score - value) >>> 31) << (i & 7)); // without a branch, which a processor can't foresee here
      if (score === value && left > 0) {
        clear(i);
        left--;
      }
    }
  }
  for (let i = bits.length; i < 8 * mask.length; i++) clear(i);
  return mask;
}

const DIGITS = [24, 16, 8, 0];

/** Finds the value of a rank within a row, byte by byte from the highest, among ever fewer candidates. */
class RowSelection {
  readonly #counts = new Int32Array(256);
  readonly #candidates: Int32Array;

  constructor(cols: number) {
    this.#candidates = new Int32Array(cols);
  }

  /** The largest of the `count` lowest values of a row, and how many of these are equal to it. */
  lowest(values: Int32Array, start: number, count: number): { value: number; equal: number } {
    const candidates = this.#candidates;
    candidates.set(values.subarray(start, start + candidates.length));
    let [left, rest, value] = [candidates.length, count - 1, 0];
    for (const shift of DIGITS) {
      const digit = this.#digitOf(shift, left, rest);
      rest = digit.rest;
      value += digit.value * 2 ** shift;
      let kept = 0;
      for (let i = 0; i < left; i++) {
        const candidate = candidates[i];
        candidates[kept] = candidate;
        kept += Number(((candidate >>> shift) & 255) === digit.value);
      }
      left = kept;
    }
    return { value, equal: rest + 1 };
  }

  /** The byte of the candidate of that rank, and its rank among those that share it. */
  #digitOf(shift: number, left: number, rank: number): { value: number; rest: number } {
    const counts = this.#counts.fill(0);
    for (let i = 0; i < left; i++) counts[(this.#candidates[i] >>> shift) & 255]++;
    let rest = rank;
    for (let value = 0; ; value++) {
      if (rest < counts[value]) return { value, rest };
      rest -= counts[value];
    }
  }
}

import { bitsOf } from "./keep-mask.js";

/**
 * The mask that takes the same number of the lowest scores out of every row; of equal ones the first go, as with a stable sort.
 * @param scores [rows · cols], not negative   @param gone how many of each row   @returns bits, set where a weight is kept
 */
export function keepByRow(scores: Float32Array, cols: number, gone: number): Uint8Array {
  const bits = bitsOf(scores);
  const mask = new Uint8Array(Math.ceil(bits.length / 8));
  const select = new RowSelection(cols);
  let byte = 0; // the last eight weights, the newest in the highest bit
  for (let start = 0; start < bits.length; start += cols) {
    const { value, equal } = gone > 0 ? select.lowest(bits, start, gone) : KEEP_ALL;
    let left = equal; // of those equal to the threshold, the first so many go
    for (let i = start; i < start + cols; i++) {
      const score = bits[i];
      let goes = (score - value) >>> 31; // without a branch, which a processor can't foresee here
      if (score === value && left > 0) {
        goes = 1;
        left--;
      }
      byte = (byte >>> 1) | ((1 - goes) << 7);
      if ((i & 7) === 7) mask[i >> 3] = byte;
    }
  }
  const rest = bits.length & 7;
  if (rest > 0) mask[bits.length >> 3] = byte >>> (8 - rest);
  return mask;
}

/** No score is below it. */
const KEEP_ALL = { value: 0, equal: 0 };

/** Bits of a score, the sign left out, from the highest: the exponent and a little more tell most of a row's scores apart. */
const DIGITS = [
  { shift: 20, last: 2047 },
  { shift: 10, last: 1023 },
  { shift: 0, last: 1023 },
] as const;
type Digit = (typeof DIGITS)[number];

/** Finds the value of a rank within a row, digit by digit, among ever fewer candidates. */
class RowSelection {
  readonly #counts = new Int32Array(2048);
  readonly #candidates: Int32Array;

  constructor(cols: number) {
    this.#candidates = new Int32Array(cols);
  }

  /** The largest of the `count` lowest values of a row, and how many of these are equal to it. */
  lowest(values: Int32Array, start: number, count: number): { value: number; equal: number } {
    const candidates = this.#candidates;
    candidates.set(values.subarray(start, start + candidates.length));
    let [left, rest, value] = [candidates.length, count - 1, 0];
    for (const digit of DIGITS) {
      const { shift, last } = digit;
      const found = this.#valueOf(digit, left, rest);
      rest = found.rest;
      value += found.value * 2 ** shift;
      let kept = 0;
      for (let i = 0; i < left; i++) {
        const candidate = candidates[i];
        candidates[kept] = candidate;
        kept += Number(((candidate >>> shift) & last) === found.value);
      }
      left = kept;
    }
    return { value, equal: rest + 1 };
  }

  /** The digit of the candidate of that rank, and its rank among those that share it. */
  #valueOf({ shift, last }: Digit, left: number, rank: number): { value: number; rest: number } {
    const [counts, candidates] = [this.#counts.fill(0), this.#candidates];
    for (let i = 0; i < left; i++) counts[(candidates[i] >>> shift) & last]++;
    let rest = rank;
    for (let value = 0; ; value++) {
      if (rest < counts[value]) return { value, rest };
      rest -= counts[value];
    }
  }
}

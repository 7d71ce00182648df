import { breathe } from "../../core/progress.js";
import { product } from "../../tensor/matrix-product.js";
import type { WeightMatrix } from "../stored-matrix.js";
import { groupSize, snapGroup } from "./awq-grid.js";
import type { GroupSettings } from "./awq-grid.js";
import type { InputSample } from "./awq-inputs.js";

/** A group's largest absolute weight is shrunk in steps of 1/20, down to but not including one half. */
const STEPS = 20;
const SHRINKS = 10;
/** Trial groups that are judged at once, so that they take a few MB. */
const AT_ONCE = 2 ** 21;

const { fround } = Math;

/**
 * AWQ's clip search: for each group of a row, the largest absolute weight that is let stand, so that the group's share of the
 * output is closest to what it was on the sampled tokens, in the mean square. That is a quadratic form in the group's Gram matrix
 * of the inputs, which all rows share: it costs group² instead of group · tokens a trial, and is more exact than outputs subtracted.
 * @param weight [O, I]   @returns [O · groups] maxima, the first of equally good ones the largest
 * @see Lin et al. 2024 (AWQ), section 4, and its code's auto_clip: n_grid 20, max_shrink 0.5
 */
export async function searchClip(weight: WeightMatrix, sample: InputSample, settings: GroupSettings): Promise<Float32Array> {
  const { rows, cols } = weight;
  const size = groupSize(settings, cols);
  const maxima = new Float32Array((rows * cols) / size);
  const rowsAtOnce = Math.max(1, Math.floor(AT_ONCE / (SHRINKS * size)));
  for (let start = 0; start < cols; start += size) {
    const gram = { rows: size, cols: size, values: gramOf(sample, start, size) };
    for (let first = 0; first < rows; first += rowsAtOnce) {
      const place = { start, size, first, last: Math.min(first + rowsAtOnce, rows), bits: settings.bits };
      const { moves, candidates } = tryShrinks(weight, place);
      const pulled = await product({ rows: candidates.length, cols: size, values: moves }, gram);
      for (let row = first; row < place.last; row++) {
        const best = leastOf(moves, pulled, { from: (row - first) * SHRINKS, size });
        maxima[(row * cols + start) / size] = candidates[best];
      }
      await breathe();
    }
  }
  return maxima;
}

/** Holds weights within ± their group's maximum. weight [O, I], maxima [O · groups] -> [O, I] */
export function clipGroups({ rows, cols, values }: WeightMatrix, maxima: Float32Array): WeightMatrix {
  const size = values.length / maxima.length;
  const clipped = new Float32Array(values.length);
  for (let group = 0, i = 0; group < maxima.length; group++) {
    const most = maxima[group];
    for (const end = i + size; i < end; i++) clipped[i] = held(values[i], most);
  }
  return { rows, cols, values: clipped };
}

const held = (value: number, most: number): number => (value > most ? most : value < -most ? -most : value);

/** XXᵀ of the inputs of a group, summed in float64. -> [size · size] */
function gramOf({ count, values }: InputSample, start: number, size: number): Float32Array {
  const gram = new Float32Array(size * size);
  for (let i = 0; i < size; i++) {
    const a = (start + i) * count;
    for (let j = 0; j <= i; j++) {
      const b = (start + j) * count;
      let sum = 0;
      for (let t = 0; t < count; t++) sum += values[a + t] * values[b + t];
      gram[i * size + j] = gram[j * size + i] = sum;
    }
  }
  return gram;
}

interface Place {
  /** The group's first input, and how many it has. */
  readonly start: number;
  readonly size: number;
  /** Rows from this one up to that one. */
  readonly first: number;
  readonly last: number;
  readonly bits: number;
}

/** How each shrink would move the weights of a group, row by row. -> moves [rows · SHRINKS, size], candidates [rows · SHRINKS] */
function tryShrinks({ cols, values }: WeightMatrix, { start, size, first, last, bits }: Place) {
  const candidates = new Float32Array((last - first) * SHRINKS);
  const moves = new Float32Array(candidates.length * size);
  for (let row = first, trial = 0; row < last; row++) {
    const from = row * cols + start;
    let largest = 0;
    for (let i = from; i < from + size; i++) largest = Math.max(largest, Math.abs(values[i]));
    for (let shrink = 0; shrink < SHRINKS; shrink++, trial++) {
      const most = fround(largest * fround(1 - shrink / STEPS));
      const at = trial * size;
      candidates[trial] = most;
      for (let i = 0; i < size; i++) moves[at + i] = held(values[from + i], most);
      snapGroup({ values: moves, start: at, end: at + size }, bits);
      for (let i = 0; i < size; i++) moves[at + i] -= values[from + i];
    }
  }
  return { moves, candidates };
}

/** Of the trials of one row, the place of the first with the least dᵀGd; `pulled` holds dᵀG. */
function leastOf(moves: Float32Array, pulled: Float32Array, { from, size }: { from: number; size: number }): number {
  let best = from;
  let least = Infinity;
  for (let trial = from; trial < from + SHRINKS; trial++) {
    let error = 0;
    for (let i = trial * size; i < (trial + 1) * size; i++) error += moves[i] * pulled[i];
    if (error < least) [best, least] = [trial, error];
  }
  return best;
}

import type { MatrixScales, WeightMatrix } from "../stored-matrix.js";
import { groupSize, snapGroup } from "./awq-grid.js";
import type { GroupSettings } from "./awq-grid.js";

/** The exponents that are tried: 0, 1/20, … 19/20. */
export const RATIOS = 20;
const SMALLEST = Math.fround(1e-4);

// All arithmetic is float32, step by step, as in the authors' code: Math.fround after each operation.
const { fround } = Math;

/**
 * The scales of an input at one grid point: mean |x| to the power of the ratio, not below 1e-4, over √(largest · smallest).
 * @param meanAbsolute [I]   @param point 0 to 19: the ratio is point/20   @returns [I]; all 1 at point 0
 * @see Lin et al. 2024 (AWQ), equation 5, and its code's auto_scale
 */
export function scalesAt(meanAbsolute: Float32Array, point: number): Float32Array {
  const powers = meanAbsolute.map((mean) => Math.max(mean ** (point / RATIOS), SMALLEST));
  let [least, most] = [Infinity, 0];
  for (const power of powers) [least, most] = [Math.min(least, power), Math.max(most, power)];
  const middle = fround(Math.sqrt(fround(most * least)));
  return powers.map((power) => power / middle);
}

/** w · (its input's scale) / (its output's scale), in this order. weight [O, I] -> [O, I] */
export function scaleMatrix({ rows, cols, values }: WeightMatrix, { inputs, outputs }: MatrixScales): WeightMatrix {
  const scaled = Float32Array.from(values);
  for (let row = 0, i = 0; row < rows; row++) {
    const divisor = outputs?.[row] ?? 1;
    for (let col = 0; col < cols; col++, i++) {
      if (inputs !== undefined) scaled[i] *= inputs[col];
      scaled[i] /= divisor;
    }
  }
  return { rows, cols, values: scaled };
}

/** The matrix quantized between its scales: Q(w · s) / s. weight [O, I], scales [I] -> [O · I] */
export function trialWeights({ rows, cols, values }: WeightMatrix, scales: Float32Array, settings: GroupSettings): Float32Array {
  const size = groupSize(settings, cols);
  const trial = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    const at = row * cols;
    for (let col = 0; col < cols; col++) trial[at + col] = values[at + col] * scales[col];
    for (let start = at; start < at + cols; start += size) {
      snapGroup({ values: trial, start, end: start + size }, settings.bits);
    }
    for (let col = 0; col < cols; col++) trial[at + col] /= scales[col];
  }
  return trial;
}

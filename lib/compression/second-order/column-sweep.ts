import { breathe } from "../../core/progress.js";
import { product } from "../../tensor/matrix-product.js";
import type { WeightMatrix } from "../stored-matrix.js";
import { BlockSweep } from "./block-sweep.js";
import { strideOf } from "./column-rule.js";
import type { ColumnRule } from "./column-rule.js";
import type { PreparedHessian } from "./hessian.js";

/**
 * The walk that GPTQ and SparseGPT share: column by column, `rule` decides what is left of a weight, and the error over the
 * factor's diagonal entry is taken out of all later columns. Within a block at once, sums in float64; over blocks by one matrix
 * product when a block is reached.
 * @returns errors [I, stride] by column, (w − ŵ) / Fᵢᵢ with the compensated weight w; their squares sum up to the layer's
 *   objective tr((W′ − W) H (W′ − W)ᵀ) under the damped Hessian
 * @see Frantar et al. 2023 (GPTQ), algorithm 1
 */
export async function sweepColumns(weight: WeightMatrix, hessian: PreparedHessian, rule: ColumnRule): Promise<Float32Array> {
  const stride = strideOf(weight.rows);
  const errors = new Float32Array(hessian.width * stride);
  for (let first = 0; first < hessian.width; first += rule.blockColumns) {
    const end = Math.min(first + rule.blockColumns, hessian.width);
    const reach = rule.reach(first, end);
    const weights = columnsOf(weight, hessian, { first, end: reach });
    await compensateInto(weights, { first, end: reach }, { errors, stride, hessian });
    const block = { first, end, stride, weights };
    rule.begin(block);
    new BlockSweep(block, hessian, rule).run(errors);
    await breathe();
  }
  return errors;
}

interface Columns {
  readonly first: number;
  readonly end: number;
}

/** Columns of the layer as it was, dead ones as zeros. -> [end − first, stride] */
function columnsOf(
  { rows, cols, values }: WeightMatrix,
  { order, dead }: PreparedHessian,
  { first, end }: Columns,
): Float32Array {
  const stride = strideOf(rows);
  const out = new Float32Array((end - first) * stride);
  const inputs = order.subarray(first, end);
  for (let top = 0; top < rows; top += 16) {
    const bottom = Math.min(top + 16, rows);
    for (let column = 0; column < inputs.length; column++) {
      const input = inputs[column];
      if (dead[input] === 1) continue;
      for (let row = top; row < bottom; row++) out[column * stride + row] = values[row * cols + input];
    }
  }
  return out;
}

interface Walked {
  readonly errors: Float32Array;
  readonly stride: number;
  readonly hessian: PreparedHessian;
}

/** Takes the errors of all columns before `first` out of columns from `first` on. */
async function compensateInto(
  weights: Float32Array,
  { first, end }: Columns,
  { errors, stride, hessian }: Walked,
): Promise<void> {
  if (first === 0) return;
  const { width, factor } = hessian;
  const panel = new Float32Array((end - first) * first);
  for (let column = first; column < end; column++) {
    panel.set(factor.subarray(column * width, column * width + first), (column - first) * first);
  }
  const before = { rows: first, cols: stride, values: errors.subarray(0, first * stride) };
  const moved = await product({ rows: end - first, cols: first, values: panel }, before);
  for (let i = 0; i < weights.length; i++) weights[i] -= moved[i];
}

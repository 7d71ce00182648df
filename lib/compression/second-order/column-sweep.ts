import { breathe } from "../../core/progress.js";
import { product } from "../../tensor/matrix-product.js";
import type { WeightMatrix } from "../stored-matrix.js";
import { strideOf } from "./column-rule.js";
import type { ColumnBlock, ColumnRule } from "./column-rule.js";
import type { PreparedHessian } from "./hessian.js";
import { type Columns, StripSweep } from "./strip-sweep.js";

/** Columns that are walked one by one; between such strips of a block the errors go by a matrix product. */
const STRIP_COLUMNS = 32;

/**
 * The walk that GPTQ and SparseGPT share: column by column, `rule` decides what is left of a weight, and the error over the
 * factor's diagonal entry is taken out of all later columns. Within a strip of few columns one by one, sums in float64; over
 * strips and blocks by one matrix product when one is reached.
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
    await compensateInto(weights, { first: 0, end: first }, { first, end: reach, errors, stride, hessian });
    const block = { first, end, stride, weights };
    rule.begin(block);
    await sweepBlock(block, { errors, hessian, rule });
    await breathe();
  }
  return errors;
}

/** The columns of a block, strip by strip. Its weights change. */
async function sweepBlock(
  block: ColumnBlock,
  { errors, hessian, rule }: { errors: Float32Array; hessian: PreparedHessian; rule: ColumnRule },
): Promise<void> {
  const { stride, weights } = block;
  const step = rule.together * Math.max(1, Math.floor(STRIP_COLUMNS / rule.together));
  for (let first = block.first; first < block.end; first += step) {
    const end = Math.min(first + step, block.end);
    const own = weights.subarray((first - block.first) * stride, (end - block.first) * stride);
    await compensateInto(own, { first: block.first, end: first }, { first, end, errors, stride, hessian });
    new StripSweep(block, { first, end }, { rule, hessian }).run(errors);
  }
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

/** Columns with what has been walked so far. */
interface Walked extends Columns {
  readonly errors: Float32Array;
  readonly stride: number;
  readonly hessian: PreparedHessian;
}

/** Takes the errors of some earlier columns out of the weights [end − first, stride] of columns from `first` on. */
async function compensateInto(
  weights: Float32Array,
  earlier: Columns,
  { first, end, errors, stride, hessian }: Walked,
): Promise<void> {
  const count = earlier.end - earlier.first;
  if (count === 0) return;
  const { width, factor } = hessian;
  const panel = new Float32Array((end - first) * count);
  for (let column = first; column < end; column++) {
    const at = column * width + earlier.first;
    panel.set(factor.subarray(at, at + count), (column - first) * count);
  }
  const before = { rows: count, cols: stride, values: errors.subarray(earlier.first * stride, earlier.end * stride) };
  const moved = await product({ rows: end - first, cols: count, values: panel }, before);
  for (let i = 0; i < weights.length; i++) weights[i] -= moved[i];
}

import { pruneBySparseGpt, sparsegpt } from "../../lib/compression/pruning/sparsegpt.js";
import { parsePattern } from "../../lib/compression/pruning/sparsity-pattern.js";
import type { SparsityPattern } from "../../lib/compression/pruning/sparsity-pattern.js";
import { gptq, quantizeByGptq } from "../../lib/compression/quantization/gptq.js";
import { prepareHessian } from "../../lib/compression/second-order/hessian.js";
import type { PreparedHessian } from "../../lib/compression/second-order/hessian.js";
import { restore } from "../../lib/compression/stored-matrix.js";
import type { QuantizedMatrix, WeightMatrix } from "../../lib/compression/stored-matrix.js";
import type { ReferenceLayer } from "./compression-layer.js";

/** Where two compressed layers part, row by row. */
export interface Ties {
  readonly differingRows: number;
  /** The greatest distance from a tie of a row's first difference: in grid steps, or as a share of the mask's threshold. */
  readonly furthest: number;
}

/** A walk that was done, from which each weight can be had as it was at any column. */
interface Walk {
  readonly weight: WeightMatrix;
  readonly hessian: PreparedHessian;
  /** [I, stride] */
  readonly errors: Float32Array;
}

const BLOCK = 128;

/** The ties of GPTQ's settings as `readCase` has them. */
export async function gptqTies(
  { weight, statistics }: ReferenceLayer,
  theirs: Float32Array,
  settings: Readonly<Record<string, unknown>>,
): Promise<Ties> {
  const complete = { ...gptq.defaults, ...settings };
  const hessian = await prepareHessian(statistics, complete, "the layer");
  const { stored, errors } = await quantizeByGptq(weight, hessian, complete);
  const ours = restore(stored, weight.values);
  const walk = { weight, hessian, errors };
  return tiesOf(walk, { ours, theirs }, (row, column) => roundingDistance(walk, stored, { row, column }));
}

/** The ties of SparseGPT's settings. */
export async function sparseGptTies(
  { weight, statistics }: ReferenceLayer,
  theirs: Float32Array,
  settings: Readonly<Record<string, unknown>>,
): Promise<Ties> {
  const complete = { ...sparsegpt.defaults, ...settings };
  const hessian = await prepareHessian(statistics, { ...complete, actOrder: false }, "the layer");
  const { stored, errors } = await pruneBySparseGpt(weight, hessian, complete);
  const ours = restore(stored, weight.values);
  const walk = { weight, hessian, errors };
  const pattern = parsePattern("parity", complete.pattern);
  return tiesOf(walk, { ours, theirs }, (row, column) => maskDistance(walk, pattern, { row, column }));
}

function tiesOf(
  { weight: { rows, cols, values }, hessian: { order } }: Walk,
  { ours, theirs }: { ours: Float32Array; theirs: Float32Array },
  distance: (row: number, column: number) => number,
): Ties {
  const tolerance = 1e-4 * values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  let [differingRows, furthest] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const first = order.findIndex((input) => Math.abs(ours[row * cols + input] - theirs[row * cols + input]) > tolerance);
    if (first < 0) continue;
    differingRows++;
    furthest = Math.max(furthest, distance(row, first));
  }
  return { differingRows, furthest };
}

interface Place {
  readonly row: number;
  readonly column: number;
}

/** A weight as the columns before `upTo` have left it; float64. */
function compensated({ weight, hessian, errors }: Walk, { row, column }: Place, upTo: number): number {
  const { width, order, factor, dead } = hessian;
  const stride = errors.length / width;
  let value = dead[order[column]] === 1 ? 0 : weight.values[row * width + order[column]];
  for (let j = 0; j < upTo; j++) value -= factor[column * width + j] * errors[j * stride + row];
  return value;
}

/** From the weight, in grid steps, to the nearest point halfway between two codes. */
function roundingDistance(walk: Walk, stored: QuantizedMatrix, place: Place): number {
  const { group, cols, scales, groupIndex } = stored;
  const input = walk.hessian.order[place.column];
  const index = groupIndex === undefined ? Math.floor(input / group) : groupIndex[input];
  const steps = compensated(walk, place, place.column) / scales[place.row * Math.ceil(cols / group) + index];
  return Math.abs(steps - Math.floor(steps) - 0.5);
}

/** From the weight's score to that of the first weight on the other side of the threshold, as a share of the latter. */
function maskDistance(walk: Walk, pattern: SparsityPattern, place: Place): number {
  const { rows, cols } = walk.weight;
  const together = pattern.kind === "n:m" ? pattern.of : BLOCK;
  const start = Math.floor(place.column / together) * together;
  const chosenRows = pattern.kind === "n:m" ? [place.row] : Array.from({ length: rows }, (_, row) => row);
  const score = (row: number, column: number): number => {
    const pivot = walk.hessian.factor[column * cols + column];
    return (compensated(walk, { row, column }, start) / pivot) ** 2;
  };
  const columns = Array.from({ length: Math.min(together, cols - start) }, (_, i) => start + i);
  const scores = chosenRows.flatMap((row) => columns.map((column) => score(row, column))).sort((a, b) => a - b);
  const gone = pattern.kind === "n:m" ? pattern.of - pattern.keep : Math.floor(scores.length * pattern.ratio) + 1;
  const mine = score(place.row, place.column);
  const other = mine <= scores[gone - 1] ? scores[gone] : scores[gone - 1];
  return Math.abs(mine - other) / other;
}

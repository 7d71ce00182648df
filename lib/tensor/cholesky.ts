import { breathe } from "../core/progress.js";
import { product, transposed } from "./matrix-product.js";
import type { Matrix } from "./matrix-product.js";

/** Widest matrix that is factored number by number. */
const LEAF = 64;

/**
 * F of a symmetric positive definite A: lower triangular, with A⁻¹ = FFᵀ; so Fᵀ is the upper Cholesky factor of A⁻¹ that
 * GPTQ and SparseGPT walk along. By A = GᵀG with G lower triangular, F = G⁻¹, halves first: one factorization and no
 * inverse of A, almost all of it matrix products. Diagonal blocks are factored in float64.
 * @param matrix [N · N], overwritten: F below and on the diagonal, and zeros above
 * @returns whether it could be done; not if A is not positive definite in this precision, or holds NaN
 */
export async function inverseFactorInto(matrix: Float32Array, width: number): Promise<boolean> {
  if (!(await factorInto({ values: matrix, width }, 0, width))) return false;
  for (let row = 0; row < width; row++) matrix.fill(0, row * width + row + 1, (row + 1) * width);
  return true;
}

interface Square {
  readonly values: Float32Array;
  readonly width: number;
}

/** The part from `from` up to, not including, `to` of rows and columns; reads and writes below and on the diagonal. */
async function factorInto(square: Square, from: number, to: number): Promise<boolean> {
  if (to - from <= LEAF) return factorLeafInto(square, from, to);
  const middle = from + LEAF * Math.ceil((to - from) / (2 * LEAF));
  if (!(await factorInto(square, middle, to))) return false;
  const lower = lowerPart(square, middle, to); // F₂₂
  const across = await product(transposed(lower), partOf(square, [middle, to], [from, middle])); // G₂₁ = F₂₂ᵀ A₂₁
  const below = { rows: to - middle, cols: middle - from, values: across };
  subtractInto(square, from, { rows: middle - from, cols: middle - from, values: await product(transposed(below), below) });
  if (!(await factorInto(square, from, middle))) return false;
  const upper = lowerPart(square, from, middle); // F₁₁
  const joined = { ...below, values: await product(below, upper) };
  const negative = await product(lower, joined); // F₂₁ = −F₂₂ G₂₁ F₁₁
  for (let row = middle, at = 0; row < to; row++) {
    for (let col = from; col < middle; col++) square.values[row * square.width + col] = -negative[at++];
  }
  await breathe();
  return true;
}

/** G, from the last row up, and its inverse. */
function factorLeafInto({ values, width }: Square, from: number, to: number): boolean {
  const size = to - from;
  const g = new Float64Array(size * size);
  for (let row = size - 1; row >= 0; row--) {
    for (let col = row; col >= 0; col--) {
      let sum = values[(from + row) * width + from + col];
      for (let k = row + 1; k < size; k++) sum -= g[k * size + row] * g[k * size + col];
      if (col < row) g[row * size + col] = sum / g[row * size + row];
      else if (sum > 0 && sum < Infinity) g[row * size + row] = Math.sqrt(sum);
      else return false;
    }
  }
  const inverse = invertLower(g, size);
  for (let row = 0; row < size; row++) {
    for (let col = 0; col <= row; col++) values[(from + row) * width + from + col] = inverse[row * size + col];
  }
  return true;
}

function invertLower(lower: Float64Array, size: number): Float64Array {
  const inverse = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    const pivot = 1 / lower[row * size + row];
    for (let k = 0; k < row; k++) {
      const factor = lower[row * size + k] * pivot;
      for (let col = 0; col <= k; col++) inverse[row * size + col] -= factor * inverse[k * size + col];
    }
    inverse[row * size + row] = pivot;
  }
  return inverse;
}

function partOf({ values, width }: Square, [top, bottom]: [number, number], [left, right]: [number, number]): Matrix {
  const part = new Float32Array((bottom - top) * (right - left));
  for (let row = top, at = 0; row < bottom; row++, at += right - left) {
    part.set(values.subarray(row * width + left, row * width + right), at);
  }
  return { rows: bottom - top, cols: right - left, values: part };
}

/** What is above the diagonal there is no part of the factor. */
function lowerPart(square: Square, from: number, to: number): Matrix {
  const part = partOf(square, [from, to], [from, to]);
  for (let row = 0; row < part.rows; row++) part.values.fill(0, row * part.cols + row + 1, (row + 1) * part.cols);
  return part;
}

function subtractInto({ values, width }: Square, from: number, part: Matrix): void {
  for (let row = 0, at = 0; row < part.rows; row++) {
    for (let col = 0; col < part.cols; col++) values[(from + row) * width + from + col] -= part.values[at++];
  }
}

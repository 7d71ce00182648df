import type { QuantizedColumns } from "../quantization/quantized-columns.js";
import { TILE, strideOf } from "../second-order/column-rule.js";
import type { ColumnBlock, ColumnRule } from "../second-order/column-rule.js";
import type { PreparedHessian } from "../second-order/hessian.js";
import { bitsOf, selectByRank } from "./keep-mask.js";
import { lowestOfGroup } from "./lowest-of-group.js";
import type { SparsityPattern } from "./sparsity-pattern.js";

/** What is known of a matrix before its columns are pruned. */
export interface SparsifiedLayout {
  readonly rows: number;
  readonly cols: number;
  readonly hessian: PreparedHessian;
  readonly pattern: SparsityPattern;
  /** Rounds what is left; absent where it stays as it is. */
  readonly quantized: QuantizedColumns | undefined;
}

/** Columns a block, and so of one choice of unstructured weights, as in the authors' code. */
const BLOCK_COLUMNS = 128;
const { fround } = Math;

/**
 * SparseGPT's choice of weights: those of the lowest w² / Fᵢᵢ² go. An unstructured share is taken from each block of columns
 * over all rows when the walk reaches it, ties at the threshold included; n:m from each m columns of a row when it reaches them.
 * Blocks hold whole groups of m.
 */
export class SparsifiedColumns implements ColumnRule {
  readonly blockColumns: number;
  readonly together: number;
  /** [stride · I] what is left of the weights */
  readonly values: Float32Array;
  readonly #layout: SparsifiedLayout;
  /** [stride · I] 1 where a weight goes */
  readonly #gone: Uint8Array;
  /** [m] of a group under way */
  readonly #scores: Float64Array;
  readonly #pivots: Float64Array;

  constructor(layout: SparsifiedLayout) {
    const { rows, cols, pattern } = layout;
    this.#layout = layout;
    this.together = pattern.kind === "n:m" ? pattern.of : 1;
    this.#scores = new Float64Array(this.together);
    this.#pivots = new Float64Array(this.together);
    this.blockColumns = BLOCK_COLUMNS - (BLOCK_COLUMNS % this.together);
    this.values = new Float32Array(strideOf(rows) * cols);
    this.#gone = new Uint8Array(strideOf(rows) * cols);
  }

  reach(_first: number, end: number): number {
    return end;
  }

  begin({ first, end, stride, weights }: ColumnBlock): void {
    const { rows, cols, pattern } = this.#layout;
    if (pattern.kind === "n:m") return;
    const scores = new Float32Array(rows * (end - first));
    for (let column = first, i = 0; column < end; column++) {
      const pivot = this.#pivot(column);
      for (let row = 0, at = (column - first) * stride; row < rows; row++) scores[i++] = score(weights[at++], pivot);
    }
    const bits = bitsOf(scores);
    const threshold = selectByRank(bits, Math.floor(bits.length * pattern.ratio));
    for (let column = first, i = 0; column < end; column++) {
      for (let row = 0; row < rows; row++) this.#gone[row * cols + column] = 1 - ((threshold - bits[i++]) >>> 31);
    }
  }

  choose(column: number, row: number, weights: Float64Array): void {
    const { cols, pattern } = this.#layout;
    if (pattern.kind !== "n:m") return;
    const gone = pattern.of - pattern.keep;
    for (let i = 0; i < pattern.of; i++) this.#pivots[i] = this.#pivot(column + i);
    for (let k = 0; k < TILE; k++) {
      for (let i = 0; i < pattern.of; i++) this.#scores[i] = score(weights[i * TILE + k], this.#pivots[i]);
      this.#chooseOf(gone, (row + k) * cols + column);
    }
  }

  /** Marks the lowest of a group's scores, which belong to the weights from `at` on. */
  #chooseOf(gone: number, at: number): void {
    const scores = this.#scores;
    let going = 0; // more than `gone` only where equal scores lie at the border
    for (let i = 0; i < scores.length; i++) {
      let lower = 0;
      for (let j = 0; j < scores.length; j++) lower += Number(scores[j] < scores[i]);
      this.#gone[at + i] = Number(lower < gone);
      going += this.#gone[at + i];
    }
    if (going === gone) return;
    this.#gone.fill(0, at, at + scores.length);
    for (const place of lowestOfGroup(scores, gone)) this.#gone[at + place] = 1;
  }

  keepInto(weights: Float64Array, column: number, row: number): void {
    const { cols, quantized } = this.#layout;
    for (let k = 0, at = row * cols + column; k < TILE; k++, at += cols) {
      if (this.#gone[at] === 1) weights[k] = 0;
      this.values[at] = weights[k];
    }
    quantized?.quantizeInto(weights, column, row);
  }

  /** Bits, set where a weight is kept (see MaskedMatrix). */
  mask(): Uint8Array {
    const { rows, cols } = this.#layout;
    const mask = new Uint8Array(Math.ceil((rows * cols) / 8));
    for (let i = 0; i < rows * cols; i++) mask[i >> 3] |= (1 - this.#gone[i]) << (i & 7);
    return mask;
  }

  /** Fᵢᵢ² */
  #pivot(column: number): number {
    const { factor, width } = this.#layout.hessian;
    const pivot = factor[column * width + column];
    return fround(pivot * pivot);
  }
}

const score = (weight: number, pivot: number): number => fround(fround(weight * weight) / pivot);

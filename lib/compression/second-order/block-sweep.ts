import { TILE } from "./column-rule.js";
import type { ColumnBlock, ColumnRule } from "./column-rule.js";
import type { PreparedHessian } from "./hessian.js";

const { fround } = Math;

/**
 * The walk within one block of columns, `TILE` rows at a time through all of its columns, so that their errors stay in the
 * processor's nearest cache. One typed array of each kind and no object a step: this is the innermost loop of GPTQ and SparseGPT.
 */
export class BlockSweep {
  readonly #block: ColumnBlock;
  readonly #rule: ColumnRule;
  readonly #count: number;
  /** [count · count] the factor between columns of the block */
  readonly #factor: Float64Array;
  /** [count · TILE] weights of the rows under way */
  readonly #weights: Float64Array;
  /** [count · TILE] their errors */
  readonly #errors: Float64Array;
  readonly #kept = new Float64Array(TILE);

  constructor(block: ColumnBlock, { factor, width }: PreparedHessian, rule: ColumnRule) {
    const { first, end } = block;
    const count = end - first;
    this.#block = block;
    this.#rule = rule;
    this.#count = count;
    this.#weights = new Float64Array(count * TILE);
    this.#errors = new Float64Array(count * TILE);
    this.#factor = new Float64Array(count * count);
    for (let i = 0; i < count; i++) {
      const at = (first + i) * width + first;
      this.#factor.set(factor.subarray(at, at + i + 1), i * count);
    }
  }

  /** @param errors [I, stride] of the whole walk; those of the block's columns are written */
  run(errors: Float32Array): void {
    const { first, stride, weights } = this.#block;
    for (let row = 0; row < stride; row += TILE) {
      for (let i = 0, at = row; i < this.#count; i++, at += stride) {
        for (let k = 0; k < TILE; k++) this.#weights[i * TILE + k] = weights[at + k];
      }
      this.#sweepRows(row);
      for (let i = 0, at = first * stride + row; i < this.#count; i++, at += stride) {
        for (let k = 0; k < TILE; k++) errors[at + k] = this.#errors[i * TILE + k];
      }
    }
  }

  #sweepRows(row: number): void {
    const { together } = this.#rule;
    const { first } = this.#block;
    for (let start = 0; start < this.#count; start += together) {
      const end = Math.min(start + together, this.#count);
      for (let i = start; i < end; i++) this.#compensate(i, 0, start);
      if (together > 1) this.#rule.choose(first + start, row, this.#weights);
      for (let i = start; i < end; i++) {
        if (i > start) this.#compensate(i, start, i);
        this.#decide(i, row);
      }
    }
  }

  /** Takes the errors of columns `from` up to `to` out of column i; in float32 from then on, as the authors' code has them. */
  #compensate(i: number, from: number, to: number): void {
    const factor = this.#factor;
    const errors = this.#errors;
    const weights = this.#weights;
    const at = i * TILE;
    let [a, b, c, d] = [weights[at], weights[at + 1], weights[at + 2], weights[at + 3]];
    for (let j = i * this.#count + from, k = from * TILE; k < to * TILE; j++, k += TILE) {
      const f = factor[j];
      a -= f * errors[k];
      b -= f * errors[k + 1];
      c -= f * errors[k + 2];
      d -= f * errors[k + 3];
    }
    weights[at] = fround(a);
    weights[at + 1] = fround(b);
    weights[at + 2] = fround(c);
    weights[at + 3] = fround(d);
  }

  #decide(i: number, row: number): void {
    const kept = this.#kept;
    const weights = this.#weights;
    const pivot = this.#factor[i * this.#count + i];
    for (let k = 0; k < TILE; k++) kept[k] = weights[i * TILE + k];
    this.#rule.keepInto(kept, this.#block.first + i, row);
    for (let k = 0; k < TILE; k++) {
      this.#errors[i * TILE + k] = fround(fround(weights[i * TILE + k] - kept[k]) / pivot);
    }
  }
}

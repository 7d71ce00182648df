import { TILE } from "./column-rule.js";
import type { ColumnBlock, ColumnRule } from "./column-rule.js";
import type { PreparedHessian } from "./hessian.js";

const { fround } = Math;

/** Columns from `first` up to, not including, `end`. */
export interface Columns {
  readonly first: number;
  readonly end: number;
}

/**
 * The walk within a few columns of a block, `TILE` rows at a time through all of them, so that their errors stay in the
 * processor's nearest cache. One typed array of each kind and no object a step: this is the innermost loop of GPTQ and SparseGPT.
 */
export class StripSweep {
  readonly #block: ColumnBlock;
  readonly #first: number;
  readonly #rule: ColumnRule;
  readonly #count: number;
  /** [count · count] the factor between columns of the strip */
  readonly #factor: Float64Array;
  /** [count · TILE] weights of the rows under way */
  readonly #weights: Float64Array;
  /** [count · TILE] their errors */
  readonly #errors: Float64Array;
  /** [together · TILE] weights that are seen together */
  readonly #group: Float64Array;
  readonly #kept = new Float64Array(TILE);

  /** @param block whose weights are as all columns before the strip have left them */
  constructor(block: ColumnBlock, { first, end }: Columns, { rule, hessian }: { rule: ColumnRule; hessian: PreparedHessian }) {
    const { factor, width } = hessian;
    const count = end - first;
    this.#block = block;
    this.#first = first;
    this.#rule = rule;
    this.#count = count;
    this.#weights = new Float64Array(count * TILE);
    this.#errors = new Float64Array(count * TILE);
    this.#group = new Float64Array(rule.together * TILE);
    this.#factor = new Float64Array(count * count);
    for (let i = 0; i < count; i++) {
      const at = (first + i) * width + first;
      this.#factor.set(factor.subarray(at, at + i + 1), i * count);
    }
  }

  /** @param errors [I, stride] of the whole walk; those of the strip's columns are written */
  run(errors: Float32Array): void {
    const { first, stride, weights } = this.#block;
    const [own, ownErrors, count] = [this.#weights, this.#errors, this.#count];
    const [from, to] = [(this.#first - first) * stride, this.#first * stride];
    for (let row = 0; row < stride; row += TILE) {
      for (let i = 0, k = 0, at = from + row; i < count; i++, at += stride, k += TILE) {
        for (let j = 0; j < TILE; j++) own[k + j] = weights[at + j];
      }
      this.#sweepRows(row);
      for (let i = 0, k = 0, at = to + row; i < count; i++, at += stride, k += TILE) {
        for (let j = 0; j < TILE; j++) errors[at + j] = ownErrors[k + j];
      }
    }
  }

  #sweepRows(row: number): void {
    const { together } = this.#rule;
    for (let start = 0; start < this.#count; start += together) {
      const end = Math.min(start + together, this.#count);
      if (together > 1) {
        for (let i = start; i < end; i++) this.#compensate(i, 0, start);
        this.#group.set(this.#weights.subarray(start * TILE, end * TILE));
        this.#rule.choose(this.#first + start, row, this.#group);
      }
      for (let i = start; i < end; i++) {
        this.#compensate(i, together > 1 ? start : 0, i);
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
    let a = weights[at];
    let b = weights[at + 1];
    let c = weights[at + 2];
    let d = weights[at + 3];
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
    const [kept, weights, errors] = [this.#kept, this.#weights, this.#errors];
    const pivot = this.#factor[i * this.#count + i];
    const at = i * TILE;
    for (let k = 0; k < TILE; k++) kept[k] = weights[at + k];
    this.#rule.keepInto(kept, this.#first + i, row);
    for (let k = 0; k < TILE; k++) errors[at + k] = fround(fround(weights[at + k] - kept[k]) / pivot);
  }
}

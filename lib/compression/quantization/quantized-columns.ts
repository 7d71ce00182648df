import { TILE, strideOf } from "../second-order/column-rule.js";
import type { QuantizedMatrix } from "../stored-matrix.js";
import { roundHalfToEven } from "./grid.js";
import type { Grid } from "./grid.js";

/** What is known of a matrix before its columns are quantized. */
export interface ColumnLayout {
  readonly rows: number;
  readonly cols: number;
  readonly bits: number;
  /** [I] the input at each column */
  readonly order: Int32Array;
  /** [I] the grid of each column */
  readonly gridOf: Int32Array;
  /** How many grids a row has. */
  readonly grids: number;
}

const { fround } = Math;

/** A matrix that is quantized column by column, `TILE` rows at a time. */
export class QuantizedColumns {
  readonly #layout: ColumnLayout;
  readonly #stride: number;
  readonly #steps: number;
  /** [stride · I] */
  readonly #codes: Uint8Array;
  /** [grids · stride] */
  readonly #scales: Float32Array;
  readonly #zeros: Uint8Array;

  constructor(layout: ColumnLayout) {
    this.#layout = layout;
    this.#stride = strideOf(layout.rows);
    this.#steps = 2 ** layout.bits - 1;
    this.#codes = new Uint8Array(this.#stride * layout.cols);
    this.#scales = new Float32Array(layout.grids * this.#stride).fill(1);
    this.#zeros = new Uint8Array(layout.grids * this.#stride);
  }

  setGrid(index: number, row: number, { scale, zero }: Grid): void {
    this.#scales[index * this.#stride + row] = scale;
    this.#zeros[index * this.#stride + row] = zero;
  }

  /** Weights [TILE] of a column become the nearest points of their rows' grids, whose codes are kept. */
  quantizeInto(weights: Float64Array, column: number, row: number): void {
    const { cols, order, gridOf } = this.#layout;
    let grid = gridOf[column] * this.#stride + row;
    for (let k = 0, at = row * cols + order[column]; k < TILE; k++, grid++, at += cols) {
      const scale = this.#scales[grid];
      const zero = this.#zeros[grid];
      const nearest = roundHalfToEven(fround(weights[k] / scale)) + zero;
      const code = nearest < 0 ? 0 : nearest > this.#steps ? this.#steps : nearest;
      this.#codes[at] = code;
      weights[k] = fround(scale * (code - zero));
    }
  }

  /** @param group inputs a grid   @param groupIndex [I] the grid of each input, where inputs don't lie in order */
  toMatrix(group: number, symmetric: boolean, groupIndex?: Uint16Array): QuantizedMatrix {
    const { rows, cols, bits, grids } = this.#layout;
    const scales = new Float32Array(rows * grids);
    const zeros = new Uint8Array(rows * grids);
    for (let row = 0, at = 0; row < rows; row++) {
      for (let grid = 0; grid < grids; grid++, at++) {
        scales[at] = this.#scales[grid * this.#stride + row];
        zeros[at] = this.#zeros[grid * this.#stride + row];
      }
    }
    const codes = this.#codes.subarray(0, rows * cols);
    return { kind: "quantized", rows, cols, bits, group, symmetric, codes, scales, zeros, groupIndex };
  }
}

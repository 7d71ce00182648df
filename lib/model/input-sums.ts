import type { Node } from "../tensor/graph.js";
import type { Operations, Variable } from "../tensor/operations.js";

/** Symmetric sums lie in so many panels of columns, each from its diagonal down: five eighths of the products of the whole. */
const PANELS = 4;
/** Rows that are copied into columns at once, so that they stay in the nearest cache. */
const TILE = 16;

/** Columns of one panel: rows and columns from `start`, columns up to, not including, `end`. */
export interface Panel {
  readonly start: number;
  readonly end: number;
}

/** The panels of a symmetric matrix, from the left. */
export function panelsOf(width: number): Panel[] {
  const step = Math.ceil(width / PANELS);
  const starts = Array.from({ length: Math.ceil(width / step) }, (_, i) => i * step);
  return starts.map((start) => ({ start, end: Math.min(start + step, width) }));
}

/** XXᵀ by panels. input X [I, N] -> [I − start, end − start] each */
export function productPanels(ops: Operations, width: number, input: Node): Node[] {
  let below = input;
  return panelsOf(width).map(({ start, end }) => {
    if (end === width) return ops.timesTransposed(below, below);
    const rows = below;
    const [own, rest] = ops.split(rows, [end - start, width - end], 0);
    below = rest;
    return ops.timesTransposed(rows, own);
  });
}

/** The diagonal of M · S · Mᵀ for a symmetric S in panels. matrix M [rows, I] -> [rows, 1] */
export function quadraticForms(ops: Operations, matrix: Node, { width, panels }: { width: number; panels: Node[] }): Node {
  let right = matrix;
  const parts = panelsOf(width).map(({ start, end }, i) => {
    if (end === width) return ops.sum(ops.multiply(ops.linear(right, panels[i]), right), 1);
    const [own, rest] = ops.split(right, [end - start, width - end], 1);
    right = rest;
    const twice = ops.concat([own, ops.multiply(rest, ops.scalar(2))], 1); // what is below the diagonal is above it as well
    return ops.sum(ops.multiply(ops.linear(twice, panels[i]), own), 1);
  });
  return parts.reduce((sum, part) => ops.add(sum, part));
}

/** The whole matrix. @param read a panel's numbers, row-major -> [width · width] times `factor` */
export function joinPanels(width: number, factor: number, read: (panel: number) => Float32Array): Float32Array {
  const whole = new Float32Array(width * width);
  panelsOf(width).forEach(({ start, end }, panel) => {
    const values = read(panel);
    const cols = end - start;
    for (let i = 0; i < values.length; i++) values[i] *= factor;
    for (let row = start; row < width; row++) {
      whole.set(values.subarray((row - start) * cols, (row - start + 1) * cols), row * width + start);
    }
    for (let top = end; top < width; top += TILE) {
      const bottom = Math.min(top + TILE, width);
      for (let col = 0, to = start * width; col < cols; col++, to += width) {
        for (let row = top, at = (top - start) * cols + col; row < bottom; row++, at += cols) whole[to + row] = values[at];
      }
    }
  });
  return whole;
}

/** One panel of a whole matrix [width · width]. */
export function panelFrom(whole: Float32Array, width: number, { start, end }: Panel): Float32Array {
  const cols = end - start;
  const values = new Float32Array((width - start) * cols);
  for (let row = start; row < width; row++) {
    values.set(whole.subarray(row * width + start, row * width + end), (row - start) * cols);
  }
  return values;
}

/** Sums that are begun with a chunk, added to, and let go. */
export function running(
  ops: Operations,
  variables: readonly Variable[],
  chunk: readonly Node[],
): Record<"begin" | "add" | "drop", Node[]> {
  return {
    begin: variables.map((variable, i) => variable.assign(chunk[i])),
    add: variables.map((variable, i) => variable.add(chunk[i])),
    drop: variables.map((variable) => variable.assign(ops.scalar(0))),
  };
}

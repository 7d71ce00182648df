import { InputError } from "../../core/errors.js";
import type { CompressionMethod } from "../method.js";
import { minMaxGrid } from "../quantization/grid.js";
import { QuantizedColumns } from "../quantization/quantized-columns.js";
import { sweepColumns } from "../second-order/column-sweep.js";
import { STANDARD_DAMP, checkDamp, dampSuffix } from "../second-order/damping.js";
import { eachWithHessian } from "../second-order/each-with-hessian.js";
import type { PreparedHessian } from "../second-order/hessian.js";
import { gather } from "../stored-matrix.js";
import type { QuantizedMatrix, SparseMatrix, WeightMatrix } from "../stored-matrix.js";
import { completePruner, prunerFigures } from "./pruner-settings.js";
import type { PrunerSettings } from "./pruner-settings.js";
import { parsePattern } from "./sparsity-pattern.js";
import { SparsifiedColumns } from "./sparsified-columns.js";

/** SparseGPT's settings. */
export type SparseGptSettings = PrunerSettings & {
  /** Bits of the weights that are left, 2–8, on one grid an output; null: they stay floats. */
  readonly bits: number | null;
  /** Share of the Hessian's mean diagonal that is added to its diagonal (percdamp). */
  readonly damp: number;
};

const WHERE = "compression method sparsegpt";

/** Weights go where that costs least by the inputs' Hessian, and the row's later weights make up for them. */
export const sparsegpt: CompressionMethod<SparseGptSettings> = {
  name: "sparsegpt",
  kind: "prune",
  summary: "SparseGPT: prune column by column, later weights make up for it by the inputs' Hessian",
  needs: "hessian",
  defaults: { pattern: "50%", bits: null, damp: STANDARD_DAMP },
  complete: (settings, config) => {
    checkDamp(WHERE, settings.damp);
    checkJointBits(settings.bits);
    return completePruner(WHERE, settings, config);
  },
  figures: (settings) => {
    const { bits, damp } = settings;
    const figures = prunerFigures(WHERE, settings);
    if (bits === null) return { ...figures, name: figures.name + dampSuffix(damp) };
    const name = `${figures.name}-${bits}bit${dampSuffix(damp)}`;
    return { ...figures, name, bits, group: "channel", rate: (figures.rate * bits) / 16 };
  },
  compressBlock: (block, settings) =>
    eachWithHessian(block, { ...settings, actOrder: false }, async (weight, hessian) => {
      return (await pruneBySparseGpt(weight, hessian, settings)).stored;
    }),
};

function checkJointBits(bits: unknown): void {
  if (bits === null || (typeof bits === "number" && Number.isInteger(bits) && bits >= 2 && bits <= 8)) return;
  throw new InputError({
    where: `${WHERE}, bits`,
    found: JSON.stringify(bits) ?? "nothing",
    expected: "a whole number from 2 to 8, or null for weights that stay floats",
  });
}

/** A layer after SparseGPT, with the errors that were passed on: what a comparison with other code needs. */
export interface SparseGptResult {
  readonly stored: SparseMatrix | QuantizedMatrix;
  /** [I, rows up to a multiple of 4]: (w − ŵ) / Fᵢᵢ */
  readonly errors: Float32Array;
}

/**
 * SparseGPT of one layer. With `bits`, weights that are left are rounded on their output's grid, which is made of the weights
 * as they were, and the rounding is made up for as well; a pruned weight is the grid's 0.
 * @param weight [O, I]
 * @see Frantar & Alistarh 2023 (SparseGPT), algorithm 1, and section 3.5 on joint quantization
 */
export async function pruneBySparseGpt(
  weight: WeightMatrix,
  hessian: PreparedHessian,
  { pattern, bits }: Omit<SparseGptSettings, "damp">,
): Promise<SparseGptResult> {
  const { rows, cols } = weight;
  const quantized = bits === null ? undefined : channelColumns(weight, bits, hessian.order);
  const columns = new SparsifiedColumns({ rows, cols, hessian, pattern: parsePattern(WHERE, pattern), quantized });
  const errors = await sweepColumns(weight, hessian, columns);
  const stored = quantized?.toMatrix(cols, false) ?? gather(columns.mask(), { rows, cols, values: columns.values });
  return { stored, errors };
}

function channelColumns({ rows, cols, values }: WeightMatrix, bits: number, order: Int32Array): QuantizedColumns {
  const columns = new QuantizedColumns({ rows, cols, bits, order, gridOf: new Int32Array(cols), grids: 1 });
  for (let row = 0; row < rows; row++) {
    columns.setGrid(0, row, minMaxGrid({ values, start: row * cols, end: (row + 1) * cols }, bits, false));
  }
  return columns;
}

import type { CompressionMethod } from "../method.js";
import type { ColumnBlock, ColumnRule } from "../second-order/column-rule.js";
import { sweepColumns } from "../second-order/column-sweep.js";
import { checkDamp, dampSuffix } from "../second-order/damping.js";
import { eachWithHessian } from "../second-order/each-with-hessian.js";
import type { PreparedHessian } from "../second-order/hessian.js";
import type { QuantizedMatrix, WeightMatrix } from "../stored-matrix.js";
import { gridOver, minMaxGrid } from "./grid.js";
import { QuantizedColumns } from "./quantized-columns.js";
import { checkStaticGroups, completeQuantizer, quantizerFigures } from "./quantizer-settings.js";
import type { QuantizerSettings } from "./quantizer-settings.js";

/** GPTQ's settings. */
export type GptqSettings = QuantizerSettings & {
  /** Inputs with the largest activations first. */
  readonly actOrder: boolean;
  /** Groups are those of neighbouring inputs, with grids made before any weight is compensated. */
  readonly staticGroups: boolean;
  /** Share of the Hessian's mean diagonal that is added to its diagonal (percdamp). */
  readonly damp: number;
};

const WHERE = "compression method gptq";

/** Columns a block, as in the authors' code: a grid within a block does not see the block's own errors. */
const BLOCK_COLUMNS = 128;

/** Each weight to the nearest point of its grid, its error taken out of the row's later weights by the inputs' Hessian. */
export const gptq: CompressionMethod<GptqSettings> = {
  name: "gptq",
  kind: "quantize",
  summary: "GPTQ: round column by column, later weights make up for the error by the inputs' Hessian",
  needs: "hessian",
  defaults: { bits: 4, group: null, symmetric: false, actOrder: false, staticGroups: false, damp: 0.01 },
  complete: (settings, config) => {
    checkDamp(WHERE, settings.damp);
    return checkStaticGroups(WHERE, completeQuantizer(WHERE, settings, config));
  },
  figures: (settings) => {
    const figures = quantizerFigures("gptq", settings);
    const flags = [settings.actOrder ? "-act" : "", settings.staticGroups ? "-static" : "", dampSuffix(settings.damp)];
    return { ...figures, name: figures.name + flags.join("") };
  },
  compressBlock: (block, settings) =>
    eachWithHessian(block, settings, async (weight, hessian) => (await quantizeByGptq(weight, hessian, settings)).stored),
};

/** A layer after GPTQ, with the errors that were passed on: what a comparison with other code needs. */
export interface GptqResult {
  readonly stored: QuantizedMatrix;
  /** [I, rows up to a multiple of 4] by column: (w − ŵ) / Fᵢᵢ */
  readonly errors: Float32Array;
}

/**
 * GPTQ of one layer. A whole channel's grid is made of the weights as they were; a group's when the walk reaches the block in
 * which it begins, or before the walk for static groups.
 * @param weight [O, I]
 * @see Frantar et al. 2023 (GPTQ), algorithm 1 and section 4 on groups; the published code for order and static groups
 */
export async function quantizeByGptq(
  weight: WeightMatrix,
  hessian: PreparedHessian,
  { bits, group, symmetric, actOrder, staticGroups }: GptqSettings,
): Promise<GptqResult> {
  const { rows, cols } = weight;
  const { order } = hessian;
  const size = typeof group === "number" ? Math.min(group, cols) : cols;
  const grouping = typeof group !== "number" ? "channel" : staticGroups ? "static" : "walked";
  const gridOf = order.map((input, column) => Math.floor((grouping === "walked" ? column : input) / size));
  const layout = { rows, cols, bits, order, gridOf, grids: Math.ceil(cols / size) };
  const columns = new QuantizedColumns(layout);
  if (grouping === "channel") setChannelGrids(columns, weight, { bits, symmetric });
  if (grouping === "static") setStaticGrids(columns, weight, { bits, symmetric, size, dead: hessian.dead });
  const seen = grouping === "walked" ? { rows, cols, size } : undefined;
  const errors = await sweepColumns(weight, hessian, rule(columns, { bits, symmetric, seen }));
  const scattered = grouping === "walked" && actOrder && layout.grids > 1;
  const groupIndex = scattered ? indexByInput(order, gridOf) : undefined;
  return { stored: columns.toMatrix(size, symmetric, groupIndex), errors };
}

interface GridSettings {
  readonly bits: number;
  readonly symmetric: boolean;
}

function setChannelGrids(
  columns: QuantizedColumns,
  { rows, cols, values }: WeightMatrix,
  { bits, symmetric }: GridSettings,
): void {
  for (let row = 0; row < rows; row++) {
    const span = { values, start: row * cols, end: (row + 1) * cols };
    columns.setGrid(0, row, minMaxGrid(span, bits, symmetric));
  }
}

interface StaticGroups extends GridSettings {
  readonly size: number;
  readonly dead: Uint8Array;
}

function setStaticGrids(columns: QuantizedColumns, { rows, cols, values }: WeightMatrix, groups: StaticGroups): void {
  const { bits, symmetric, size, dead } = groups;
  for (let row = 0; row < rows; row++) {
    const alive = values.slice(row * cols, (row + 1) * cols);
    for (let input = 0; input < cols; input++) if (dead[input] === 1) alive[input] = 0;
    for (let start = 0, index = 0; start < cols; start += size, index++) {
      const span = { values: alive, start, end: Math.min(start + size, cols) };
      columns.setGrid(index, row, minMaxGrid(span, bits, symmetric));
    }
  }
}

/** The groups that are made while walking. */
interface WalkedGroups {
  readonly rows: number;
  readonly cols: number;
  readonly size: number;
}

function rule(columns: QuantizedColumns, given: GridSettings & { readonly seen: WalkedGroups | undefined }): ColumnRule {
  const { seen } = given;
  return {
    blockColumns: BLOCK_COLUMNS,
    together: 1,
    reach: (first, end) => {
      if (seen === undefined) return end;
      const last = Math.floor((end - 1) / seen.size) * seen.size;
      return last < first ? end : Math.min(last + seen.size, seen.cols);
    },
    begin: (block) => {
      if (seen !== undefined) setWalkedGrids(columns, block, { ...given, ...seen });
    },
    choose: () => undefined,
    keepInto: (weights, column, row) => columns.quantizeInto(weights, column, row),
  };
}

function setWalkedGrids(columns: QuantizedColumns, block: ColumnBlock, groups: GridSettings & WalkedGroups): void {
  const { rows, cols, size, bits, symmetric } = groups;
  const { first, end, stride, weights } = block;
  for (let start = size * Math.ceil(first / size); start < end; start += size) {
    const least = new Float32Array(stride);
    const greatest = new Float32Array(stride);
    for (let column = start; column < Math.min(start + size, cols); column++) {
      for (let row = 0, at = (column - first) * stride; row < rows; row++, at++) {
        const value = weights[at];
        if (value < least[row]) least[row] = value;
        else if (value > greatest[row]) greatest[row] = value;
      }
    }
    for (let row = 0; row < rows; row++) {
      columns.setGrid(start / size, row, gridOver({ least: least[row], greatest: greatest[row] }, bits, symmetric));
    }
  }
}

function indexByInput(order: Int32Array, gridOf: Int32Array): Uint16Array {
  const index = new Uint16Array(order.length);
  order.forEach((input, column) => (index[input] = gridOf[column]));
  return index;
}

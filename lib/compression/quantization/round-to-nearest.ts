import { eachLinear } from "../method.js";
import type { CompressionMethod } from "../method.js";
import type { QuantizedMatrix, WeightMatrix } from "../stored-matrix.js";
import { groupGrid, minMaxGrid, quantizeInto } from "./grid.js";
import { completeQuantizer, quantizerFigures } from "./quantizer-settings.js";
import type { QuantizerSettings } from "./quantizer-settings.js";

/** Every weight to the nearest point of its grid; nothing is learnt from data. */
export const rtn: CompressionMethod<QuantizerSettings> = {
  name: "rtn",
  kind: "quantize",
  summary: "round to nearest: each weight to the nearest point of its group's grid",
  needs: "nothing",
  defaults: { bits: 4, group: null, symmetric: false },
  complete: (settings, config) => completeQuantizer("compression method rtn", settings, config),
  figures: (settings) => quantizerFigures("rtn", settings),
  compressBlock: eachLinear(roundToNearest),
};

/**
 * A whole channel and a symmetric group have GPTQ's min–max grid, an asymmetric group AWQ's grid with zero point, as in the
 * authors' code.
 * @param weight [O, I]   @returns codes [O, I] with a scale and zero point for each group of a row
 */
export function roundToNearest(weight: WeightMatrix, { bits, group, symmetric }: QuantizerSettings): QuantizedMatrix {
  const { rows, cols, values } = weight;
  const size = typeof group === "number" ? Math.min(group, cols) : cols;
  const gridOf = typeof group === "number" && !symmetric ? groupGrid : minMaxGrid;
  const groups = Math.ceil(cols / size);
  const codes = new Uint8Array(rows * cols);
  const scales = new Float32Array(rows * groups);
  const zeros = new Uint8Array(rows * groups);
  for (let index = 0; index < rows * groups; index++) {
    const row = Math.floor(index / groups);
    const start = row * cols + (index % groups) * size;
    const span = { values, start, end: Math.min(start + size, (row + 1) * cols) };
    const { scale, zero } = gridOf(span, bits, symmetric);
    quantizeInto(codes, span, { scale, zero, bits });
    scales[index] = scale;
    zeros[index] = zero;
  }
  return { kind: "quantized", rows, cols, bits, group: size, symmetric, codes, scales, zeros };
}

import type { WeightMatrix } from "../stored-matrix.js";
import type { QuantizedMatrix } from "../stored-matrix.js";
import { groupGrid, quantizeInto, roundHalfToEven } from "./grid.js";
import type { Span } from "./grid.js";

/** What AWQ's quantizer is told. */
export interface GroupSettings {
  readonly bits: number;
  /** Inputs a group, or "channel"; null is put in by `complete`. */
  readonly group: number | "channel" | null;
}

/** Inputs that share a grid. */
export const groupSize = ({ group }: GroupSettings, cols: number): number => (typeof group === "number" ? group : cols);

/** AWQ's group quantizer, always with zero point. weight [O, I] -> codes [O, I] with a scale and zero point for each group of a row */
export function quantizeGroups({ rows, cols, values }: WeightMatrix, settings: GroupSettings): QuantizedMatrix {
  const { bits } = settings;
  const group = groupSize(settings, cols);
  const codes = new Uint8Array(values.length);
  const scales = new Float32Array(values.length / group);
  const zeros = new Uint8Array(scales.length);
  for (let grid = 0, start = 0; start < values.length; grid++, start += group) {
    const span = { values, start, end: start + group };
    const { scale, zero } = groupGrid(span, bits);
    quantizeInto(codes, span, { scale, zero, bits });
    scales[grid] = scale;
    zeros[grid] = zero;
  }
  return { kind: "quantized", rows, cols, bits, group, symmetric: false, codes, scales, zeros };
}

const { fround } = Math;

/** Replaces the weights of a group by the nearest points of its grid: what `quantizeGroups` and `dequantize` make of them. */
export function snapGroup(span: Span, bits: number): void {
  const { values, start, end } = span;
  const { scale, zero } = groupGrid(span, bits);
  const [lowest, highest] = [-zero, 2 ** bits - 1 - zero];
  for (let i = start; i < end; i++) {
    const step = roundHalfToEven(fround(values[i] / scale));
    values[i] = (step < lowest ? lowest : step > highest ? highest : step) * scale;
  }
}

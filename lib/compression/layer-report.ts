import type { Model } from "../model/model.js";
import type { VariantFigures } from "./method.js";
import { packedBytes } from "./quantization/packed-codes.js";
import { countKept } from "./stored-matrix.js";
import type { StoredMatrix, WeightMatrix } from "./stored-matrix.js";
import type { LayerReport, VariantSummary } from "./variant.js";

/** Bits of a float where size is counted: the formats that serve compressed models keep scales and kept weights as float16. */
export const FLOAT_BITS = 16;

/** A layer as it is stored and as it acts. */
export interface LayerAfter {
  readonly stored: StoredMatrix;
  readonly after: Float32Array<ArrayBuffer>;
}

/** What can be said of a layer by its weights alone. */
export type WeightReport = Omit<LayerReport, "outputError" | "notes">;

/**
 * Compares a layer with what it was. Sums are float64.
 * @param after its weights as they act in the model: those of a layer that is stored scaled with the scales undone, so that
 *   errors can be compared between methods
 */
export function reportLayer(site: string, dense: WeightMatrix, { stored, after: restored }: LayerAfter): WeightReport {
  const bits = new Int32Array(restored.buffer);
  let zeros = 0;
  let error = 0;
  let norm = 0;
  for (let i = 0; i < restored.length; i++) {
    const before = dense.values[i];
    const after = restored[i];
    zeros += ((bits[i] & 0x7fffffff) - 1) >>> 31; // without a branch, which a processor can't foresee here
    error += (after - before) * (after - before);
    norm += before * before;
  }
  const storedBytes = bytesOf(stored);
  return {
    site,
    sparsity: zeros / restored.length,
    bitsPerWeight: (8 * storedBytes) / restored.length,
    relativeError: norm === 0 ? 0 : Math.sqrt(error / norm),
    storedBytes,
  };
}

/** Codes, a float a scale, a code a zero point unless symmetric, two bytes an index; or a bit a weight and a float a kept one. */
function bytesOf(stored: StoredMatrix): number {
  const weights = stored.rows * stored.cols;
  if (stored.kind !== "quantized") return Math.ceil(weights / 8) + (countKept(stored.mask) * FLOAT_BITS) / 8;
  const grids = stored.scales.length;
  const zeros = stored.symmetric ? 0 : packedBytes(grids, stored.bits);
  return packedBytes(weights, stored.bits) + (grids * FLOAT_BITS) / 8 + zeros + (stored.groupIndex?.byteLength ?? 0);
}

const STORAGE_BITS: ReadonlyMap<string, number> = new Map([
  ["F32", 32],
  ["F16", 16],
  ["BF16", 16],
  ["Q8_0", 8.5],
  ["Q4_0", 4.5],
  ["Q4_1", 5],
]);

/** Bits a weight that the model's file spends on most linear layers, with its blocks' scales. */
export const denseBits = ({ storage }: Model): number => STORAGE_BITS.get(storage) ?? FLOAT_BITS;

/** The report of a layer that stays dense. */
export function keptReport(model: Model, site: string): LayerReport {
  const [rows, cols] = model.weights.shape(site);
  const bits = denseBits(model);
  const storedBytes = Math.ceil((rows * cols * bits) / 8);
  return { site, sparsity: 0, bitsPerWeight: bits, relativeError: 0, outputError: null, storedBytes, notes: [] };
}

/** A variant's row from its layers' reports, which are all linear layers of the model. */
export function summarize(
  model: Model,
  { method, figures }: { method: { name: string }; figures: VariantFigures },
  { layers, seconds, peakBytes }: { layers: readonly LayerReport[]; seconds: number; peakBytes: number | null },
): VariantSummary {
  const sizes = layers.map(({ site }) => model.weights.shape(site).reduce((product, size) => product * size, 1));
  const weights = sum(sizes);
  const linearBytes = sum(layers.map(({ storedBytes }) => storedBytes));
  const { bits, pattern, group, rate } = figures;
  return {
    method: method.name,
    bits,
    pattern,
    group,
    sparsity: sum(layers.map(({ sparsity }, i) => sparsity * sizes[i])) / weights,
    rate,
    bitsPerWeight: (8 * linearBytes) / weights,
    storedBytes: Math.round(model.bytes - (weights * denseBits(model)) / 8 + linearBytes),
    relativeError: sum(layers.map(({ relativeError }) => relativeError)) / layers.length,
    seconds,
    peakBytes,
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

import { packedBytes } from "./quantization/packed-codes.js";
import { restore } from "./stored-matrix.js";
import type { StoredMatrix, WeightMatrix } from "./stored-matrix.js";
import type { LayerReport } from "./variant.js";

/** Bits of a float where size is counted: the formats that serve compressed models keep scales and kept weights as float16. */
export const FLOAT_BITS = 16;

/** Compares a layer with what it was. Sums are float64. */
export function reportLayer(site: string, dense: WeightMatrix, stored: StoredMatrix): LayerReport {
  const restored = restore(stored, dense.values);
  let zeros = 0;
  let error = 0;
  let norm = 0;
  for (let i = 0; i < restored.length; i++) {
    const before = dense.values[i];
    const after = restored[i];
    if (after === 0) zeros++;
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

/** Codes, a float a scale, and a code a zero point unless symmetric; or a bit a weight and a float a kept one. */
function bytesOf(stored: StoredMatrix): number {
  const weights = stored.rows * stored.cols;
  if (stored.kind === "masked") return Math.ceil(weights / 8) + (keptCount(stored.mask) * FLOAT_BITS) / 8;
  const grids = stored.scales.length;
  const zeros = stored.symmetric ? 0 : packedBytes(grids, stored.bits);
  return packedBytes(weights, stored.bits) + (grids * FLOAT_BITS) / 8 + zeros;
}

function keptCount(mask: Uint8Array): number {
  let kept = 0;
  for (let byte of mask) for (; byte !== 0; byte &= byte - 1) kept++;
  return kept;
}

import { toHalfAndBack } from "../../../lib/formats/index.js";
import { dequantize } from "../../../lib/compression/stored-matrix.js";
import type { Variant } from "../../../lib/compression/index.js";
import type { Weights } from "../../../lib/model/index.js";

/**
 * What a loader of packed layers computes with, from our own weights: scales in float16, products rounded to float16 as its kernels
 * unpack them, all other weights in float16.
 */
export function roundedWeights({ weights, storedMatrix }: Variant): Weights {
  return {
    names: weights.names,
    shape: (name) => weights.shape(name),
    read: async (name) => {
      const stored = await storedMatrix(name);
      if (stored?.kind !== "quantized") return toHalfAndBack(await weights.read(name));
      return toHalfAndBack(dequantize({ ...stored, scales: toHalfAndBack(stored.scales) }));
    },
  };
}

/** The weights of a GGUF export whose blocks hold scales in float16: products in float32, all else in float16 but for vectors. */
export function roundedBlocks(variant: Variant): Weights {
  const { weights, storedMatrix } = variant;
  return {
    names: weights.names,
    shape: (name) => weights.shape(name),
    read: async (name) => {
      const stored = await storedMatrix(name);
      if (stored?.kind === "quantized") return dequantize({ ...stored, scales: toHalfAndBack(stored.scales) });
      const values = await weights.read(name);
      return weights.shape(name).length === 1 ? values : toHalfAndBack(values);
    },
  };
}

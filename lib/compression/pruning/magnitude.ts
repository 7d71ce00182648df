import { eachLinear } from "../method.js";
import type { CompressionMethod } from "../method.js";
import type { MaskedMatrix, WeightMatrix } from "../stored-matrix.js";
import { keepMask } from "./keep-mask.js";
import { completePruner, prunerFigures } from "./pruner-settings.js";
import type { PrunerSettings } from "./pruner-settings.js";
import { parsePattern } from "./sparsity-pattern.js";

const WHERE = "compression method magnitude";

/** The smallest weights of each layer go; nothing is learnt from data. */
export const magnitude: CompressionMethod<PrunerSettings> = {
  name: "magnitude",
  kind: "prune",
  summary: "magnitude pruning: the smallest weights of each layer become zero",
  needs: "nothing",
  defaults: { pattern: "50%" },
  complete: (settings, config) => completePruner(WHERE, settings, config),
  figures: (settings) => prunerFigures(WHERE, settings),
  compressBlock: eachLinear(pruneByMagnitude),
};

/** Unstructured by the layer's threshold, as in Wanda's and SparseGPT's magnitude baseline. weight [O, I] -> mask [O, I] */
export function pruneByMagnitude({ rows, cols, values }: WeightMatrix, { pattern }: PrunerSettings): MaskedMatrix {
  const scores = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) scores[i] = Math.abs(values[i]);
  return { kind: "masked", rows, cols, mask: keepMask(scores, parsePattern(WHERE, pattern)) };
}

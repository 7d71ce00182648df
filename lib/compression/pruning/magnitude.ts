import { InputError } from "../../core/errors.js";
import { eachLinear } from "../method.js";
import type { CompressionMethod } from "../method.js";
import type { MaskedMatrix, WeightMatrix } from "../stored-matrix.js";
import { bitsOf, keepAbove, keepMask, selectByRankOf } from "./keep-mask.js";
import { completePruner, prunerFigures } from "./pruner-settings.js";
import type { PrunerSettings } from "./pruner-settings.js";
import { parsePattern } from "./sparsity-pattern.js";

/** Settings of magnitude pruning. */
export type MagnitudeSettings = PrunerSettings & {
  /** Whether each layer has its own threshold ("layer") or all layers have one ("model"). */
  readonly scope: string;
  /** The one threshold, as float32 bits; put in by `prepare`. */
  readonly threshold?: number;
};

const WHERE = "compression method magnitude";

/** The smallest weights of each layer, or of the model, go; nothing is learnt from data. */
export const magnitude: CompressionMethod<MagnitudeSettings> = {
  name: "magnitude",
  kind: "prune",
  summary: "magnitude pruning: the smallest weights of each layer, or of the model, become zero",
  needs: "nothing",
  defaults: { pattern: "50%", scope: "layer" },
  complete: (settings, config) => checkScope(completePruner(WHERE, settings, config)),
  figures: (settings) => {
    const figures = prunerFigures(WHERE, settings);
    return settings.scope === "model" ? { ...figures, name: `${figures.name}-global` } : figures;
  },
  prepare: findThreshold,
  compressBlock: eachLinear(pruneByMagnitude),
};

function checkScope(settings: MagnitudeSettings): MagnitudeSettings {
  const { scope, pattern } = settings;
  if (scope !== "layer" && scope !== "model") {
    throw new InputError({ where: `${WHERE}, scope`, found: JSON.stringify(scope), expected: '"layer" or "model"' });
  }
  if (scope === "model" && parsePattern(WHERE, pattern).kind === "n:m") {
    throw new InputError({
      where: `${WHERE}, scope`,
      found: `"model" with the pattern ${pattern}`,
      expected: "it only with a share such as 50%: n:m is chosen within each m inputs",
    });
  }
  return settings;
}

/** The size at position ⌊count · ratio⌋ of all layers' sorted sizes, exactly: two passes over the weights, none kept. */
async function findThreshold(layers: () => AsyncIterable<WeightMatrix>, settings: MagnitudeSettings): Promise<MagnitudeSettings> {
  const pattern = parsePattern(WHERE, settings.pattern);
  if (settings.scope !== "model" || pattern.kind === "n:m") return settings;
  const sizes = async function* (): AsyncGenerator<Int32Array> {
    for await (const layer of layers()) yield bitsOf(magnitudes(layer));
  };
  return { ...settings, threshold: await selectByRankOf(sizes, (count) => Math.floor(count * pattern.ratio)) };
}

/**
 * Unstructured by the threshold, as in Wanda's and SparseGPT's magnitude baseline: what is equal to it goes as well.
 * weight [O, I] -> mask [O, I]
 */
export function pruneByMagnitude(weight: WeightMatrix, { pattern, threshold }: Omit<MagnitudeSettings, "scope">): MaskedMatrix {
  const { rows, cols } = weight;
  const scores = magnitudes(weight);
  const mask = threshold === undefined ? keepMask(scores, parsePattern(WHERE, pattern)) : keepAbove(bitsOf(scores), threshold);
  return { kind: "masked", rows, cols, mask };
}

function magnitudes({ values }: WeightMatrix): Float32Array {
  const sizes = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) sizes[i] = Math.abs(values[i]);
  return sizes;
}

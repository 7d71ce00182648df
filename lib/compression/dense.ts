import type { Model } from "../model/model.js";
import { denseBits } from "./layer-report.js";
import type { Variant } from "./variant.js";

/** The model as its file has it: the variant that others are compared with. Its title says how the file stores the weights. */
export function denseVariant(model: Model): Variant {
  return {
    id: `${model.name}/dense`,
    name: "dense",
    title: `dense (from ${model.storage})`,
    model,
    recipe: { method: "dense", settings: {} },
    weights: model.weights,
    summary: {
      method: "dense",
      bits: null,
      pattern: null,
      group: null,
      sparsity: 0,
      rate: 1,
      bitsPerWeight: denseBits(model),
      storedBytes: model.bytes,
      relativeError: 0,
      seconds: 0,
      peakBytes: null,
    },
    layers: [],
  };
}

import { createRandom } from "../../lib/core/random.js";
import type { ModelConfig } from "../../lib/model/config.js";
import { allSites } from "../../lib/model/linear-sites.js";
import type { Model } from "../../lib/model/model.js";

/** Two blocks of width 64; all input widths are 64 and 128. */
export const toyConfig: ModelConfig = {
  architecture: "llama",
  vocabulary: 16,
  width: 64,
  blocks: 2,
  heads: 4,
  kvHeads: 2,
  headWidth: 16,
  hidden: 128,
  normEpsilon: 1e-5,
  ropeBase: 10_000,
  context: 32,
  tiedOutput: true,
};

/** A model of random weights, as far as compression looks at one. */
export function toyModel(
  options: { readonly seed?: number; readonly spoil?: (site: string, weights: Float32Array) => void } = {},
): Model {
  const { seed = 7, spoil } = options;
  const shapes = new Map(allSites(toyConfig.blocks).map((site) => [site, shapeOf(site)]));
  shapes.set("embedding", [toyConfig.vocabulary, toyConfig.width]);
  return {
    name: "toy",
    title: "Toy",
    digest: `digest-${seed}`,
    storage: "F16",
    parameters: [...shapes.values()].reduce((sum, [rows, cols]) => sum + rows * cols, 0),
    path: "toy.gguf",
    bytes: 200_000,
    config: toyConfig,
    weights: {
      names: [...shapes.keys()],
      shape: (name) => shapes.get(name) ?? [0, 0],
      read: (name) => {
        const random = createRandom(seed).fork(name);
        const [rows, cols] = shapes.get(name) ?? [0, 0];
        const weights = Float32Array.from({ length: rows * cols }, () => random.normal());
        spoil?.(name, weights);
        return Promise.resolve(weights);
      },
    },
    tokenizer: { vocabularySize: toyConfig.vocabulary, endOfText: [], encode: () => [], decode: () => "" },
    chat: { name: "none", render: () => "" },
    precision: "f32",
    close: () => Promise.resolve(),
  };
}

function shapeOf(site: string): [number, number] {
  const { width, hidden, kvHeads, headWidth } = toyConfig;
  if (site.endsWith(".down")) return [width, hidden];
  if (site.endsWith(".gate") || site.endsWith(".up")) return [hidden, width];
  return [site.endsWith(".k") || site.endsWith(".v") ? kvHeads * headWidth : width, width];
}

import { createRandom } from "../lib/core/random.js";
import type { Model, ModelConfig, Weights } from "../lib/model/index.js";

/** Sizes of a toy model; everything else follows. */
export interface ToySizes {
  readonly blocks?: number;
  readonly width?: number;
  readonly heads?: number;
  readonly kvHeads?: number;
  readonly hidden?: number;
  readonly vocabulary?: number;
  readonly context?: number;
  readonly tiedOutput?: boolean;
  readonly seed?: number;
}

/** A LLaMA-type model of a few thousand random weights, made from a seed. Its tokenizer maps bytes to tokens; token 0 ends a text. */
export function toyModel(sizes: ToySizes = {}): Model {
  const config = toyConfig(sizes);
  const weights = toyWeights(config, sizes.seed ?? 7);
  const encode = (text: string): number[] =>
    [...new TextEncoder().encode(text)].map((byte) => (byte % (config.vocabulary - 1)) + 1);
  return {
    name: "toy",
    title: "Toy",
    digest: `toy-${sizes.seed ?? 7}`,
    storage: "F32",
    parameters: weights.names.reduce((sum, name) => sum + weights.shape(name).reduce((a, b) => a * b, 1), 0),
    path: "toy.gguf",
    bytes: 0,
    config,
    weights,
    tokenizer: {
      vocabularySize: config.vocabulary,
      endOfText: [0],
      encode,
      decode: (ids) => ids.map((id) => `<${id}>`).join(""),
    },
    chat: { name: "plain", render: (messages) => messages.map(({ role, content }) => `${role}: ${content}\n`).join("") },
    precision: "f32",
    close: async () => {},
  };
}

/** The configuration of a toy model. */
export function toyConfig(sizes: ToySizes = {}): ModelConfig {
  const {
    blocks = 2,
    width = 16,
    heads = 4,
    kvHeads = 2,
    hidden = 24,
    vocabulary = 64,
    context = 256,
    tiedOutput = true,
  } = sizes;
  return {
    ...{ architecture: "llama" as const, blocks, width, heads, kvHeads, hidden, vocabulary, context, tiedOutput },
    headWidth: width / heads,
    normEpsilon: 1e-5,
    ropeBase: 10_000,
  };
}

function toyWeights(config: ModelConfig, seed: number): Weights {
  const { width, hidden, heads, kvHeads, headWidth, vocabulary, blocks, tiedOutput } = config;
  const shapes: Record<string, number[]> = { embedding: [vocabulary, width], outputNorm: [width] };
  if (!tiedOutput) shapes["output"] = [vocabulary, width];
  for (let block = 0; block < blocks; block++) {
    const inBlock = {
      attentionNorm: [width],
      q: [heads * headWidth, width],
      k: [kvHeads * headWidth, width],
      v: [kvHeads * headWidth, width],
      o: [width, heads * headWidth],
      feedForwardNorm: [width],
      gate: [hidden, width],
      up: [hidden, width],
      down: [width, hidden],
    };
    for (const [name, shape] of Object.entries(inBlock)) shapes[`blocks.${block}.${name}`] = shape;
  }
  const values = new Map(Object.entries(shapes).map(([name, shape]) => [name, randomValues(shape, `${seed}/${name}`)]));
  return {
    names: Object.keys(shapes),
    shape: (name) => shapes[name],
    read: (name) => Promise.resolve(values.get(name) ?? new Float32Array()),
  };
}

/** Gains near 1, matrices with rows of norm about 1. */
function randomValues(shape: readonly number[], seed: string): Float32Array {
  const random = createRandom(seed);
  const size = shape.reduce((a, b) => a * b, 1);
  const scale = shape.length === 1 ? 0.1 : 1 / Math.sqrt(shape[1]);
  return Float32Array.from({ length: size }, () => (shape.length === 1 ? 1 : 0) + scale * random.normal());
}

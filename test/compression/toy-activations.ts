import type { BlockActivations, BlockInput } from "../../lib/compression/method.js";
import { LINEAR_KINDS } from "../../lib/model/linear-sites.js";
import type { LinearKind } from "../../lib/model/linear-sites.js";
import type { Model } from "../../lib/model/index.js";
import { BlockRunner } from "../../lib/model/index.js";

/** Sequences of a toy calibration set, and tokens of each. */
export const TOY_SET = { samples: 8, length: 6 };

/** The first block of a toy model in front of its calibration set, in two chunks. */
export async function toyActivations({ config, weights }: Model): Promise<BlockActivations> {
  const runner = await BlockRunner.open(config, TOY_SET.length);
  await runner.use((name) => weights.read(`blocks.0.${name}`));
  const embedding = await weights.read("embedding");
  const tokens = TOY_SET.samples * TOY_SET.length;
  const chunk = (from: number): Float32Array => {
    const hidden = new Float32Array((config.width * tokens) / 2);
    for (let i = 0; i < hidden.length; i++) {
      const place = from + (i % (tokens / 2));
      const token = 1 + ((place * place * 7 + 3 * place) % 60);
      hidden[i] = embedding[token * config.width + Math.floor(i / (tokens / 2))];
    }
    return hidden;
  };
  return {
    runner,
    tokens,
    chunks: async function* () {
      for (const from of [0, tokens / 2]) yield await Promise.resolve(chunk(from));
    },
    vector: async (name) => (weights.names.includes(`blocks.0.${name}`) ? weights.read(`blocks.0.${name}`) : undefined),
  };
}

/** The first block of a toy model, as a method is given it. */
export async function toyBlock(
  model: Model,
  kinds: readonly LinearKind[] = LINEAR_KINDS,
): Promise<BlockInput & { activations: BlockActivations }> {
  const activations = await toyActivations(model);
  const { runner } = activations;
  return {
    block: 0,
    kinds,
    activations,
    read: async (kind) => {
      const [rows, cols] = model.weights.shape(`blocks.0.${kind}`);
      return { rows, cols, values: await model.weights.read(`blocks.0.${kind}`) };
    },
    statistics: async (kind) => {
      const group = kind === "o" || kind === "down" ? kind : "q";
      let begin = true;
      for await (const hidden of activations.chunks()) {
        runner.addToSums(hidden, { groups: [group], kind: "products" }, begin);
        begin = false;
      }
      const hessian = runner.sums(group, "products", 2 / activations.tokens);
      const width = Math.sqrt(hessian.length);
      const meanSquares = Float32Array.from({ length: width }, (_, i) => hessian[i * (width + 1)] / 2);
      return { width, tokens: activations.tokens, meanSquares, hessian };
    },
  };
}

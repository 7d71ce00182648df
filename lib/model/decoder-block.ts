import type { Node } from "../tensor/graph.js";
import type { Operations } from "../tensor/operations.js";
import { attend, type Context, type KeyValues } from "./attention.js";
import type { ModelConfig } from "./config.js";
import { rotate } from "./rotary.js";

/** The weights of one block, as a graph reads them; matrices that share an input stand in one; gains are [W, 1]. */
export interface BlockWeights {
  readonly attentionNorm: Node;
  /** [(H + 2·KV)·D, W] */
  readonly qkv: Node;
  /** [(H + 2·KV)·D, 1], where the architecture has it */
  readonly qkvBias?: Node;
  /** [W, H·D] */
  readonly o: Node;
  readonly feedForwardNorm: Node;
  /** [2·hidden, W] */
  readonly gateUp: Node;
  /** [W, hidden] */
  readonly down: Node;
}

/** What all blocks of one pass share: how heads are laid out, where the positions are, what came before. */
export interface Pass {
  /** [(H + 2·KV)·D, B·T] -> [B, H + 2·KV, T, D] */
  splitHeads(projected: Node): Node;
  /** [B, KV, G·T, D] -> [H·D, B·T] */
  joinHeads(attended: Node): Node;
  /** [B, H, T, D] -> [B, KV, G·T, D] */
  groupHeads(queries: Node): Node;
  readonly cosines: Node;
  readonly sines: Node;
  /** Keys and values that the block's own new ones join. */
  context(block: number, fresh: KeyValues): Context;
}

/**
 * One decoder block: RMS norm, rotary grouped-query attention, gated feed-forward, residuals. hidden [W, B·T] -> [W, B·T].
 * Touvron et al. 2023, section 2.2.
 */
export function decoderBlock(
  ops: Operations,
  config: ModelConfig,
  at: { block: number; hidden: Node; weights: BlockWeights; pass: Pass },
): Node {
  const { block, hidden, weights, pass } = at;
  const { heads, kvHeads, headWidth } = config;
  const unbiased = ops.linear(weights.qkv, rmsNorm(ops, config, hidden, weights.attentionNorm));
  const projected = weights.qkvBias === undefined ? unbiased : ops.add(unbiased, weights.qkvBias);
  const [rotating, values] = ops.split(pass.splitHeads(projected), [heads + kvHeads, kvHeads], 1);
  const rotated = rotate(ops, rotating, { cosines: pass.cosines, sines: pass.sines, half: headWidth / 2 });
  const [queries, keys] = ops.split(rotated, [heads, kvHeads], 1);
  const scaled = ops.multiply(pass.groupHeads(queries), ops.scalar(1 / Math.sqrt(headWidth)));
  const attended = attend(ops, config, scaled, pass.context(block, { keys, values }));
  const middle = ops.add(hidden, ops.linear(weights.o, pass.joinHeads(attended)));
  return ops.add(middle, feedForward(ops, rmsNorm(ops, config, middle, weights.feedForwardNorm), weights, config.hidden));
}

/** x / √(mean(x²) + ε) · g. input [W, N], gain [W, 1]. Zhang and Sennrich 2019. */
export function rmsNorm(ops: Operations, { normEpsilon }: ModelConfig, input: Node, gain: Node): Node {
  const scale = ops.rsqrt(ops.add(ops.mean(ops.square(input), 0), ops.scalar(normEpsilon)));
  return ops.multiply(ops.multiply(input, scale), gain);
}

/** down(silu(gate(x)) · up(x)), SwiGLU. input [W, N]. Shazeer 2020. */
function feedForward(ops: Operations, input: Node, weights: BlockWeights, hidden: number): Node {
  const [gate, up] = ops.split(ops.linear(weights.gateUp, input), [hidden, hidden], 0);
  return ops.linear(weights.down, ops.multiply(ops.multiply(gate, ops.sigmoid(gate)), up));
}

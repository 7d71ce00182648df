import type { Node } from "../tensor/graph.js";
import type { Operations } from "../tensor/operations.js";
import type { KeyValues } from "./attention.js";
import type { ModelConfig } from "./config.js";
import { rotate, type Rotations } from "./rotary.js";

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
  readonly rotations: Rotations;
  /** What a block's queries see, its own new keys and values among it. queries [B, KV, G·T, D], scaled -> the same shape */
  attend(block: number, queries: Node, fresh: KeyValues): Node;
}

/** A block's hidden states, and the inputs of its linear layers, by the first of those that share one. */
export interface BlockNodes {
  /** [W, B·T] behind the block */
  readonly hidden: Node;
  readonly inputs: { readonly q: Node; readonly o: Node; readonly gate: Node; readonly down: Node };
}

/** Where a block stands in a pass. hidden [W, B·T] */
export interface BlockPlace {
  readonly block: number;
  readonly hidden: Node;
  readonly weights: BlockWeights;
  readonly pass: Pass;
  /** The columns wanted of the result, int32; all where absent. */
  readonly columns?: Node | undefined;
}

/**
 * One decoder block: RMS norm, rotary grouped-query attention, gated feed-forward, residuals. hidden [W, B·T] -> [W, B·T].
 * Touvron et al. 2023, section 2.2.
 */
export const decoderBlock = (ops: Operations, config: ModelConfig, at: BlockPlace): Node => blockNodes(ops, config, at).hidden;

/** The same, with what its linear layers see. */
export function blockNodes(ops: Operations, config: ModelConfig, at: BlockPlace): BlockNodes {
  const { block, weights, pass } = at;
  const wanted = (a: Node): Node => (at.columns === undefined ? a : ops.gather(a, at.columns, { axis: 1 }));
  const q = rmsNorm(ops, config, at.hidden, weights.attentionNorm);
  const o = wanted(attended(ops, config, { block, input: q, weights, pass }));
  const middle = ops.add(wanted(at.hidden), ops.linear(weights.o, o));
  const gate = rmsNorm(ops, config, middle, weights.feedForwardNorm);
  const down = gated(ops, config, gate, weights.gateUp);
  return { hidden: ops.add(middle, ops.linear(weights.down, down)), inputs: { q, o, gate, down } };
}

/** What the o layer sees: rotary grouped-query attention over queries, keys and values. input [W, B·T] -> [H·D, B·T] */
export function attended(
  ops: Operations,
  { heads, kvHeads, headWidth }: ModelConfig,
  at: { block: number; input: Node; weights: Pick<BlockWeights, "qkv" | "qkvBias">; pass: Pass },
): Node {
  const { block, input, weights, pass } = at;
  const unbiased = ops.linear(weights.qkv, input);
  const projected = weights.qkvBias === undefined ? unbiased : ops.add(unbiased, weights.qkvBias);
  const [queries, keys, values] = ops.split(pass.splitHeads(projected), [heads, kvHeads, kvHeads], 1);
  const half = headWidth / 2;
  const scaled = pass.groupHeads(rotate(ops, queries, { ...pass.rotations.queries, half }));
  return pass.joinHeads(pass.attend(block, scaled, { keys: rotate(ops, keys, { ...pass.rotations.keys, half }), values }));
}

/** x / √(mean(x²) + ε) · g. input [W, N], gain [W, 1]. Zhang and Sennrich 2019. */
export function rmsNorm(ops: Operations, { normEpsilon }: ModelConfig, input: Node, gain: Node): Node {
  const scale = ops.rsqrt(ops.add(ops.mean(ops.square(input), 0), ops.scalar(normEpsilon)));
  return ops.multiply(ops.multiply(input, scale), gain);
}

/** What the down layer sees: silu(gate(x)) · up(x), SwiGLU. input [W, N] -> [hidden, N]. Shazeer 2020. */
export function gated(ops: Operations, { hidden }: ModelConfig, input: Node, gateUp: Node): Node {
  const [gate, up] = ops.split(ops.linear(gateUp, input), [hidden, hidden], 0);
  return ops.multiply(ops.multiply(gate, ops.sigmoid(gate)), up);
}

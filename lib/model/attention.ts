import type { Node } from "../tensor/graph.js";
import type { Operations } from "../tensor/operations.js";

/** Keys and values of some positions: [B, KV, S, D] each, or [KV, S, D] where the whole batch shares them. */
export interface KeyValues {
  readonly keys: Node;
  readonly values: Node;
}

/**
 * Softmax attention of grouped queries over keys and values that lie in several pieces, as if they were one.
 * @param queries [B, KV, G·T, D], scaled: the G query heads of a key head side by side
 * @param pieces their lengths, an int32 vector in the same order, come with them
 * @param mask added to the scores; broadcasts to [B, KV, G·T, S₁ + S₂ + …]
 * @returns [B, KV, G·T, D]
 * @see Ainslie et al. 2023 (grouped-query attention)
 */
export function attend(ops: Operations, queries: Node, { pieces, lengths, mask }: Context): Node {
  const scores = pieces.map(({ keys }) => ops.matmul(queries, keys, true));
  const weights = ops.softmax(ops.add(ops.concat(scores, 3), mask));
  const parts = ops.split(weights, { node: lengths, count: pieces.length }, 3);
  return parts.map((part, i) => ops.matmul(part, pieces[i].values)).reduce((sum, part) => ops.add(sum, part));
}

/** What the queries look at. */
export interface Context {
  readonly pieces: readonly KeyValues[];
  readonly lengths: Node;
  readonly mask: Node;
}

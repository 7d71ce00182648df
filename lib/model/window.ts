import type { Node } from "../tensor/graph.js";
import type { Operations } from "../tensor/operations.js";
import { HIDDEN } from "./attention.js";

/**
 * A causal mask in which a token sees itself and the `window` − 1 before it; the mask itself where there is no window.
 * @param at mask [T, S], positions of keys [S] and of queries [T]   @see Beltagy et al. 2020 (Longformer), section 3.1
 */
export function windowedPrompt(
  ops: Operations,
  window: number | undefined,
  at: { readonly mask: Node; readonly keys: Node; readonly queries: Node },
): Node {
  if (window === undefined) return at.mask;
  const first = ops.subtract(at.queries, ops.integers(window)); // the last position that is too far back
  const isTooFar = ops.lessOrEqual(ops.expand(at.keys, 0), ops.expand(first, 1));
  return ops.select(isTooFar, ops.scalar(HIDDEN), at.mask);
}

/**
 * What queries see of a prefix before them: added to scores, [Q, P]; undefined where there is no window.
 * @param at length P, an int32 scalar; positions of the queries [Q]
 */
export function windowedPrefix(
  ops: Operations,
  window: number | undefined,
  { length, queries }: { readonly length: Node; readonly queries: Node },
): Node | undefined {
  if (window === undefined) return undefined;
  return windowedPrompt(ops, window, { mask: ops.scalar(0), keys: ops.range(length), queries });
}

/**
 * The same for one new token a sequence, whose own key is the last that it sees: keys that are seen stand in the order of their
 * positions, so that those seen from a key on are its distance. mask [B, S] -> [B, S]
 */
export function windowedStep(ops: Operations, window: number | undefined, mask: Node): Node {
  if (window === undefined) return mask;
  const isHidden = ops.lessOrEqual(mask, ops.scalar(HIDDEN / 2));
  const distance = ops.sumFromEnd(ops.select(isHidden, ops.scalar(0), ops.scalar(1)), 1);
  return ops.select(ops.lessOrEqual(distance, ops.scalar(window)), mask, ops.scalar(HIDDEN));
}

/**
 * Adds a mask to scores over the prefix, for which they are taken apart: [KV, B·G·T, P] -> [KV, …, P] -> [KV, B·G·T, P].
 * @param apart the shape that the mask broadcasts to   @returns undefined without a mask
 */
export function maskedPrefix(ops: Operations, mask: Node | undefined, apart: Node): ((scores: Node) => Node) | undefined {
  if (mask === undefined) return undefined;
  return (scores) => ops.reshape(ops.add(ops.reshape(scores, apart), mask), ops.shape(scores));
}

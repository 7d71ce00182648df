import type { Node } from "../tensor/graph.js";
import type { Operations } from "../tensor/operations.js";
import type { ModelConfig } from "./config.js";

/** Added to scores of positions that must not be seen. */
export const HIDDEN = -1e30;

/** Keys and values of some positions: [B, KV, S, D] each, or [KV, P, D] where the whole batch shares them. */
export interface KeyValues {
  readonly keys: Node;
  readonly values: Node;
}

/** What the queries look at. */
export interface Context {
  /** What the whole batch shares and all queries see; may be of length 0. */
  readonly prefix: KeyValues;
  /** Hides some of the prefix from some queries: scores [KV, B·G·T, P] -> the same; absent where all of it is seen. */
  readonly maskPrefix?: ((scores: Node) => Node) | undefined;
  /** Each sequence's own keys and values; their lengths, an int32 vector in the same order, come with them. */
  readonly pieces: readonly KeyValues[];
  readonly lengths: Node;
  /** Added to the own scores; broadcasts to [B, KV, G·T, S₁ + S₂ + …]. Each query sees at least one own key. */
  readonly mask: Node;
  /** [KV, B·G·T, n] -> [KV, B, G·T, n] */
  readonly unstack: (stacked: Node) => Node;
}

/**
 * Softmax attention of grouped queries over a shared prefix and own keys that lie in several pieces, as if they were one. The
 * prefix is one product a key head over all queries of the batch; the two parts are joined by their largest scores and sums.
 * @param queries [B, KV, G·T, D], scaled: the G query heads of a key head side by side
 * @returns [B, KV, G·T, D]
 * @see Ainslie et al. 2023 (grouped-query attention), Milakov and Gimelshein 2018 (softmax in parts)
 */
export function attend(ops: Operations, config: ModelConfig, queries: Node, context: Context): Node {
  const own = ownPart(ops, queries, context);
  const shared = prefixPart(ops, config, queries, context);
  const largest = ops.maximum(own.largest, shared.largest);
  const ownShare = ops.exp(ops.subtract(own.largest, largest));
  const sharedShare = ops.exp(ops.subtract(shared.largest, largest));
  const join = (a: Node, b: Node): Node => ops.add(ops.multiply(a, ownShare), ops.multiply(b, sharedShare));
  return ops.divide(join(own.values, shared.values), join(own.total, shared.total));
}

/** Of some keys: the largest score of each query, and sums over exp(score − largest) of 1 and of the values. */
interface Part {
  readonly largest: Node;
  readonly total: Node;
  readonly values: Node;
}

function ownPart(ops: Operations, queries: Node, { pieces, lengths, mask }: Context): Part {
  const products = pieces.map(({ keys }) => ops.matmul(queries, keys, true));
  const scores = ops.add(products.length === 1 ? products[0] : ops.concat(products, 3), mask);
  const largest = ops.max(scores, 3);
  const weights = ops.exp(ops.subtract(scores, largest));
  const parts = pieces.length === 1 ? [weights] : ops.split(weights, { node: lengths, count: pieces.length }, 3);
  const values = parts.map((part, i) => ops.matmul(part, pieces[i].values)).reduce((sum, part) => ops.add(sum, part));
  return { largest, total: ops.sum(weights, 3), values };
}

function prefixPart(ops: Operations, { kvHeads, headWidth }: ModelConfig, queries: Node, context: Context): Part {
  const { prefix, maskPrefix, unstack } = context;
  const stacked = ops.reshape(ops.transpose(queries, [1, 0, 2, 3]), [kvHeads, -1, headWidth]);
  const products = ops.matmul(stacked, prefix.keys, true);
  const scores = maskPrefix === undefined ? products : maskPrefix(products);
  const largest = ops.max(scores, 2);
  const weights = ops.exp(ops.subtract(scores, largest));
  const sums = ops.concat([ops.matmul(weights, prefix.values), largest, ops.sum(weights, 2)], 2);
  const apart = ops.transpose(unstack(sums), [1, 0, 2, 3]);
  const [values, top, total] = ops.split(apart, [headWidth, 1, 1], 3);
  return { largest: top, total, values };
}

/**
 * Softmax attention of whole sequences to themselves. queries [B, KV, G·T, D], scaled; keys and values [B, KV, T, D]; mask
 * broadcasts to [B, KV, G·T, T] -> [B, KV, G·T, D]
 */
export function attendWithin(ops: Operations, queries: Node, { keys, values, mask }: KeyValues & { readonly mask: Node }): Node {
  const scores = ops.add(ops.matmul(queries, keys, true), mask);
  const weights = ops.exp(ops.subtract(scores, ops.max(scores, 3)));
  return ops.divide(ops.matmul(weights, values), ops.sum(weights, 3)); // the few values are divided, not the many weights
}

/** Parts of a sequence whose queries look at no key behind them: with four, five eighths of all scores. */
const PARTS = 4;

/**
 * The same where no query sees a key behind it, part by part of the sequence. queries [B, KV, G·T, D], scaled; keys and values
 * [B, KV, T, D]; mask [T, T] -> [B, KV, G·T, D]
 */
export function attendCausally(
  ops: Operations,
  queries: Node,
  { keys, values, mask, config, length }: KeyValues & { mask: Node; config: ModelConfig; length: number },
): Node {
  const { kvHeads, headWidth } = config;
  const group = config.heads / kvHeads;
  const step = Math.ceil(length / PARTS);
  const sizes = Array.from({ length: Math.ceil(length / step) }, (_, i) => Math.min(step, length - i * step));
  const stack = (part: Node, count: number): Node => ops.reshape(part, [-1, kvHeads, group * count, headWidth]);
  const byHead = ops.split(ops.reshape(queries, [-1, kvHeads, group, length, headWidth]), sizes, 3);
  const masks = ops.split(mask, sizes, 0);
  const parts = sizes.map((count, i) => {
    const end = i * step + count;
    const upTo = (all: Node, axis: number): Node => (end === length ? all : ops.split(all, [end, length - end], axis)[0]);
    const seen = upTo(masks[i], 1);
    const own = {
      keys: upTo(keys, 2),
      values: upTo(values, 2),
      mask: ops.concat(
        Array.from({ length: group }, () => seen),
        0,
      ),
    };
    return ops.reshape(attendWithin(ops, stack(byHead[i], count), own), [-1, kvHeads, group, count, headWidth]);
  });
  return stack(ops.concat(parts, 3), length);
}

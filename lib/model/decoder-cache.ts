import type { Node } from "../tensor/graph.js";
import type { Operations, Variable } from "../tensor/operations.js";
import type { KeyValues } from "./attention.js";
import type { ModelConfig } from "./config.js";
import { CACHE, PROMPT } from "./decoder-names.js";

/** Keys and values in their three parts, of each block. */
export interface Caches {
  readonly prefix: readonly CacheVariables[];
  readonly own: readonly CacheVariables[];
  readonly tail: readonly CacheVariables[];
}

/** The keys and values of one block in one part of the cache. */
export interface CacheVariables {
  readonly keys: Variable;
  readonly values: Variable;
}

/** The variables of all caches. */
export function declareCaches(ops: Operations, { blocks }: ModelConfig): Caches {
  const declare = (part: string): CacheVariables[] =>
    Array.from({ length: blocks }, (_, block) => ({
      keys: ops.variable(`cache.${part}.${block}.keys`),
      values: ops.variable(`cache.${part}.${block}.values`),
    }));
  return { prefix: declare("prefix"), own: declare("own"), tail: declare("tail") };
}

/** What a cache holds. */
export const readCache = ({ keys, values }: CacheVariables): KeyValues => ({ keys: keys.read(), values: values.read() });
/** Puts other keys and values into a cache. */
export const assignCache = (into: CacheVariables, { keys, values }: KeyValues): Node[] => [
  into.keys.assign(keys),
  into.values.assign(values),
];

/** What may become of a prompt's keys and values: the own cache, more rows of it, or (of one row) more of the prefix. */
export function keepFresh(
  ops: Operations,
  { own, prefix }: Caches,
  { fresh, prefixes }: { readonly fresh: readonly KeyValues[]; readonly prefixes: readonly KeyValues[] },
): void {
  ops.done(
    PROMPT.keep,
    fresh.flatMap((pair, block) => assignCache(own[block], pair)),
  );
  // one read a variable: a second one could come after the assignment, and see what is being put there
  const before = own.map(readCache);
  const lengthOf = (cache: Node): Node => ops.entry(ops.shape(cache), 2);
  const [held, added] = [lengthOf(before[0].keys), lengthOf(fresh[0].keys)];
  const missing = (a: Node, b: Node): Node => ops.maximum(ops.subtract(a, b), ops.integers([0]));
  const [fewerHeld, fewerAdded] = [missing(added, held), missing(held, added)];
  const below = (into: Variable, rowsBefore: Node, more: Node): Node => {
    const padded = (rows: Node, amount: Node): Node => ops.padBehind(rows, amount, { axis: 2, rank: 4 });
    return into.assign(ops.concat([padded(rowsBefore, fewerHeld), padded(more, fewerAdded)], 0));
  };
  ops.done(
    PROMPT.append,
    fresh.flatMap(({ keys, values }, block) => [
      below(own[block].keys, before[block].keys, keys),
      below(own[block].values, before[block].values, values),
    ]),
  );
  const only = (rows: Node): Node => ops.reshape(ops.gather(rows, ops.integers([0])), ops.entries(ops.shape(rows), [1, 2, 3]));
  const extend = (into: Variable, known: Node, row: Node): Node => into.assign(ops.concat([known, only(row)], 1));
  ops.done(
    PROMPT.extend,
    fresh.flatMap(({ keys, values }, block) => [
      extend(prefix[block].keys, prefixes[block].keys, keys),
      extend(prefix[block].values, prefixes[block].values, values),
    ]),
  );
}

/**
 * Emptying, and arranging anew: the own cache becomes rows [B'] of own and tail together, and of each of them places
 * [B', S'] (counted over S + L).
 */
export function cacheWork(ops: Operations, { prefix, own, tail }: Caches): void {
  const setAll = (caches: readonly CacheVariables[], value: Node): Node[] =>
    caches.flatMap((cache) => assignCache(cache, { keys: value, values: value }));
  ops.done(CACHE.unshare, setAll(prefix, ops.placeholder(CACHE.noPrefix, "float32")));
  ops.done(CACHE.clearTail, setAll(tail, ops.placeholder(CACHE.emptyTail, "float32")));
  const [rows, places] = [ops.placeholder(CACHE.rows, "int32"), ops.placeholder(CACHE.places, "int32")];
  const arranged = (a: Variable, b: Variable): Node => {
    const kept = ops.concat([ops.gather(a.read(), rows), ops.gather(b.read(), rows)], 2);
    return a.assign(ops.gather(kept, places, { axis: 2, batchDims: 1 }));
  };
  ops.done(
    CACHE.arrange,
    own.flatMap((cache, block) => [arranged(cache.keys, tail[block].keys), arranged(cache.values, tail[block].values)]),
  );
}

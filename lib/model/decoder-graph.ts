import { GraphBuilder, type Node } from "../tensor/graph.js";
import { Operations, type Variable } from "../tensor/operations.js";
import type { KeyValues } from "./attention.js";
import type { ModelConfig } from "./config.js";
import { type BlockWeights, decoderBlock, type Pass, rmsNorm } from "./decoder-block.js";
import { windowedPrompt, windowedStep } from "./window.js";

/** Added to scores of positions that must not be seen. */
export const HIDDEN = -1e30;

/** Names of what is fed to and fetched from the prompt pass; `Decoder` alone uses them. */
export const PROMPT = {
  tokens: "prompt/tokens",
  rows: "prompt/rows",
  targets: "prompt/targets",
  logits: "prompt/logits",
  next: "prompt/next",
  logProbabilities: "prompt/logProbabilities",
  keep: "prompt/keep",
  append: "prompt/append",
  extend: "prompt/extend",
} as const;
/** Names of what is fed to and fetched from the step pass. */
export const STEP = {
  tokens: "step/tokens",
  positions: "step/positions",
  mask: "step/mask",
  slot: "step/slot",
  logits: "step/logits",
  next: "step/next",
  keep: "step/keep",
} as const;
/** Names of the work on the cache alone. */
export const CACHE = {
  noPrefix: "cache/noPrefix",
  unshare: "cache/unshare",
  emptyTail: "cache/emptyTail",
  clearTail: "cache/clearTail",
  rows: "cache/rows",
  select: "cache/select",
  fold: "cache/fold",
} as const;

/** The variable that holds a weight, and how it is fed: `feed` then fetch `done`. */
export const weightFeed = (name: string): { readonly feed: string; readonly done: string } => ({
  feed: `weight/${name}`,
  done: `weight/${name}/set`,
});

/** Variables of a block's weights, and the parts of `Weights` that stand in each, one below the other. */
export const BLOCK_VARIABLES = {
  attentionNorm: ["attentionNorm"],
  qkv: ["q", "k", "v"],
  qkvBias: ["qBias", "kBias", "vBias"],
  o: ["o"],
  feedForwardNorm: ["feedForwardNorm"],
  gateUp: ["gate", "up"],
  down: ["down"],
} as const satisfies Record<keyof BlockWeights, readonly string[]>;

/**
 * The whole decoder as one TensorFlow graph with two passes over the same weights: `prompt` reads many tokens at once behind
 * a prefix that the batch shares; `step` reads one token a sequence behind prefix, own prompt and a short tail of what was
 * generated. Only what is fetched is computed.
 */
export function decoderGraph(config: ModelConfig): GraphBuilder {
  const graph = new GraphBuilder();
  const ops = new Operations(graph);
  const weights = declareWeights(ops, config);
  const caches = declareCaches(ops, config);
  promptPass(ops, config, { weights, caches });
  stepPass(ops, config, { weights, caches });
  cacheWork(ops, caches);
  return graph;
}

interface WeightNodes {
  readonly embedding: Node;
  readonly outputNorm: Node;
  readonly output: Node;
  readonly cosines: Node;
  readonly sines: Node;
  readonly blocks: readonly BlockWeights[];
}

function declareWeights(ops: Operations, config: ModelConfig): WeightNodes {
  const declare = (name: string): Node => {
    const variable = ops.variable(name);
    const { feed, done } = weightFeed(name);
    ops.done(done, [variable.assign(ops.placeholder(feed, "float32"))]);
    return variable.read();
  };
  const gain = (name: string): Node => ops.expand(declare(name), 1);
  const embedding = declare("embedding");
  const blocks = Array.from({ length: config.blocks }, (_, block) => ({
    attentionNorm: gain(`blocks.${block}.attentionNorm`),
    qkv: declare(`blocks.${block}.qkv`),
    ...(config.qkvBias === true ? { qkvBias: gain(`blocks.${block}.qkvBias`) } : {}),
    o: declare(`blocks.${block}.o`),
    feedForwardNorm: gain(`blocks.${block}.feedForwardNorm`),
    gateUp: declare(`blocks.${block}.gateUp`),
    down: declare(`blocks.${block}.down`),
  }));
  const output = config.tiedOutput ? embedding : declare("output");
  return { embedding, blocks, output, outputNorm: gain("outputNorm"), cosines: declare("cosines"), sines: declare("sines") };
}

interface Caches {
  readonly prefix: readonly CacheVariables[];
  readonly own: readonly CacheVariables[];
  readonly tail: readonly CacheVariables[];
}

interface CacheVariables {
  readonly keys: Variable;
  readonly values: Variable;
}

function declareCaches(ops: Operations, { blocks }: ModelConfig): Caches {
  const declare = (part: string): CacheVariables[] =>
    Array.from({ length: blocks }, (_, block) => ({
      keys: ops.variable(`cache.${part}.${block}.keys`),
      values: ops.variable(`cache.${part}.${block}.values`),
    }));
  return { prefix: declare("prefix"), own: declare("own"), tail: declare("tail") };
}

const read = ({ keys, values }: CacheVariables): KeyValues => ({ keys: keys.read(), values: values.read() });
const assign = (into: CacheVariables, { keys, values }: KeyValues): Node[] => [
  into.keys.assign(keys),
  into.values.assign(values),
];

interface Parts {
  readonly weights: WeightNodes;
  readonly caches: Caches;
}

/** tokens [B, T], every row right-padded; positions follow the prefix's. Padding is never seen: it comes last. */
function promptPass(ops: Operations, config: ModelConfig, { weights, caches }: Parts): void {
  const { heads, kvHeads, headWidth } = config;
  const tokens = ops.placeholder(PROMPT.tokens, "int32");
  const [batch, length] = [ops.entry(ops.shape(tokens), 0), ops.entry(ops.shape(tokens), 1)];
  const prefixes = caches.prefix.map(read);
  const prefixLength = ops.entry(ops.shape(prefixes[0].keys), 1);
  const scalar = (vector: Node): Node => ops.reshape(vector, []);
  const positions = ops.add(ops.range(scalar(length)), prefixLength);
  const seen = ops.range(scalar(ops.add(prefixLength, length)));
  const visible = ops.lessOrEqual(ops.expand(seen, 0), ops.expand(positions, 1));
  const allBefore = ops.select(visible, ops.scalar(0), ops.scalar(HIDDEN)); // [T, P + T]
  const causal = windowedPrompt(ops, config.window, { mask: allBefore, keys: seen, queries: positions });
  const mask = ops.concat(
    Array.from({ length: heads / kvHeads }, () => causal),
    0,
  );
  const lengths = ops.concat([prefixLength, length], 0);
  const shape = (...sizes: (Node | number)[]): Node =>
    ops.concat(
      sizes.map((size) => (typeof size === "number" ? ops.integers([size]) : size)),
      0,
    );
  const splitShape = shape(heads + 2 * kvHeads, headWidth, batch, length);
  const groupShape = shape(batch, kvHeads, -1, headWidth);
  const headShape = shape(batch, heads, length, headWidth);
  const fresh: KeyValues[] = [];
  const pass: Pass = {
    splitHeads: (projected) => ops.transpose(ops.reshape(projected, splitShape), [2, 0, 3, 1]),
    groupHeads: (queries) => ops.reshape(queries, groupShape),
    joinHeads: (attended) => ops.reshape(ops.transpose(ops.reshape(attended, headShape), [1, 3, 0, 2]), [heads * headWidth, -1]),
    cosines: ops.gather(weights.cosines, positions),
    sines: ops.gather(weights.sines, positions),
    context: (block, own) => {
      fresh.push(own);
      return { pieces: [prefixes[block], own], lengths, mask };
    },
  };
  const embedded = embed(ops, weights, ops.reshape(tokens, [-1]));
  const hidden = throughBlocks(ops, config, { embedded, weights, pass });
  const wanted = ops.gather(hidden, ops.placeholder(PROMPT.rows, "int32"), { axis: 1 });
  const logits = outputLogits(ops, config, { hidden: wanted, weights });
  ops.named(PROMPT.logits, ops.transpose(logits, [1, 0]));
  ops.named(PROMPT.next, ops.argmax(logits, 0));
  ops.named(PROMPT.logProbabilities, targetLogProbabilities(ops, logits, ops.placeholder(PROMPT.targets, "int32")));
  keepFresh(ops, caches, { fresh, prefixes });
}

/** What may become of a prompt's keys and values: the own cache, more rows of it, or (of one row) more of the prefix. */
function keepFresh(
  ops: Operations,
  { own, prefix }: Caches,
  { fresh, prefixes }: { readonly fresh: readonly KeyValues[]; readonly prefixes: readonly KeyValues[] },
): void {
  ops.done(
    PROMPT.keep,
    fresh.flatMap((pair, block) => assign(own[block], pair)),
  );
  const append = (into: Variable, rows: Node): Node => into.assign(ops.concat([into.read(), rows], 0));
  ops.done(
    PROMPT.append,
    fresh.flatMap(({ keys, values }, block) => [append(own[block].keys, keys), append(own[block].values, values)]),
  );
  const only = (rows: Node): Node => ops.reshape(ops.gather(rows, ops.integers([0])), ops.entries(ops.shape(rows), [1, 2, 3]));
  // what is made longer is what the attention has read: a second read could come after the assignment, or the attention's own
  const extend = (into: Variable, known: Node, row: Node): Node => into.assign(ops.concat([known, only(row)], 1));
  ops.done(
    PROMPT.extend,
    fresh.flatMap(({ keys, values }, block) => [
      extend(prefix[block].keys, prefixes[block].keys, keys),
      extend(prefix[block].values, prefixes[block].values, values),
    ]),
  );
}

/** tokens [B], positions [B]; mask [B, P + S + L] says which keys each sequence sees; slot [L] is 1 where the new key goes. */
function stepPass(ops: Operations, config: ModelConfig, { weights, caches }: Parts): void {
  const { heads, kvHeads, headWidth } = config;
  const positions = ops.placeholder(STEP.positions, "int32");
  const mask = ops.expand(ops.expand(windowedStep(ops, config.window, ops.placeholder(STEP.mask, "float32")), 1), 1);
  const slot = ops.expand(ops.placeholder(STEP.slot, "float32"), 1);
  const [prefixes, own, tails] = [caches.prefix.map(read), caches.own.map(read), caches.tail.map(read)];
  const lengthOf = (part: KeyValues, axis: number): Node => ops.entry(ops.shape(part.keys), axis);
  const lengths = ops.concat([lengthOf(prefixes[0], 1), lengthOf(own[0], 2), lengthOf(tails[0], 2)], 0);
  const longer: KeyValues[] = [];
  const append = (tail: Node, fresh: Node): Node => ops.add(tail, ops.multiply(fresh, slot));
  const atPositions = (table: Node): Node => ops.expand(ops.expand(ops.gather(table, positions), 1), 1);
  const pass: Pass = {
    splitHeads: (projected) => ops.reshape(ops.transpose(projected, [1, 0]), [-1, heads + 2 * kvHeads, 1, headWidth]),
    groupHeads: (queries) => ops.reshape(queries, [-1, kvHeads, heads / kvHeads, headWidth]),
    joinHeads: (attended) => ops.transpose(ops.reshape(attended, [-1, heads * headWidth]), [1, 0]),
    cosines: atPositions(weights.cosines),
    sines: atPositions(weights.sines),
    context: (block, fresh) => {
      const tail = { keys: append(tails[block].keys, fresh.keys), values: append(tails[block].values, fresh.values) };
      longer.push(tail);
      return { pieces: [prefixes[block], own[block], tail], lengths, mask };
    },
  };
  const embedded = embed(ops, weights, ops.placeholder(STEP.tokens, "int32"));
  const hidden = throughBlocks(ops, config, { embedded, weights, pass });
  const logits = outputLogits(ops, config, { hidden, weights });
  ops.named(STEP.logits, ops.transpose(logits, [1, 0]));
  ops.named(STEP.next, ops.argmax(logits, 0));
  ops.done(
    STEP.keep,
    longer.flatMap((tail, block) => assign(caches.tail[block], tail)),
  );
}

function throughBlocks(ops: Operations, config: ModelConfig, at: { embedded: Node; weights: WeightNodes; pass: Pass }): Node {
  return at.weights.blocks.reduce(
    (hidden, weights, block) => decoderBlock(ops, config, { block, hidden, weights, pass: at.pass }),
    at.embedded,
  );
}

/** tokens [N] -> [W, N] */
const embed = (ops: Operations, { embedding }: WeightNodes, tokens: Node): Node =>
  ops.transpose(ops.gather(embedding, tokens), [1, 0]);

/** hidden [W, N] -> [V, N] */
function outputLogits(ops: Operations, config: ModelConfig, { hidden, weights }: { hidden: Node; weights: WeightNodes }): Node {
  return ops.linear(weights.output, rmsNorm(ops, config, hidden, weights.outputNorm));
}

/** log softmax(logits)[target] without the whole log-softmax. logits [V, N], targets [N] -> [N] */
function targetLogProbabilities(ops: Operations, logits: Node, targets: Node): Node {
  const largest = ops.max(logits, 0);
  const normalizer = ops.add(largest, ops.log(ops.sum(ops.exp(ops.subtract(logits, largest)), 0)));
  const columns = ops.range(ops.reshape(ops.shape(targets), []));
  const chosen = ops.entriesAt(logits, ops.concat([ops.expand(targets, 1), ops.expand(columns, 1)], 1));
  return ops.subtract(chosen, ops.reshape(normalizer, [-1]));
}

/** Emptying, keeping some rows, and moving the tail behind the own prompt. */
function cacheWork(ops: Operations, { prefix, own, tail }: Caches): void {
  const setAll = (caches: readonly CacheVariables[], value: Node): Node[] =>
    caches.flatMap((cache) => assign(cache, { keys: value, values: value }));
  ops.done(CACHE.unshare, setAll(prefix, ops.placeholder(CACHE.noPrefix, "float32")));
  ops.done(CACHE.clearTail, setAll(tail, ops.placeholder(CACHE.emptyTail, "float32")));
  const rows = ops.placeholder(CACHE.rows, "int32");
  const kept = (variable: Variable): Node => variable.assign(ops.gather(variable.read(), rows));
  ops.done(
    CACHE.select,
    [...own, ...tail].flatMap(({ keys, values }) => [kept(keys), kept(values)]),
  );
  const joined = (a: Variable, b: Variable): Node => a.assign(ops.concat([a.read(), b.read()], 2));
  ops.done(
    CACHE.fold,
    own.flatMap((cache, block) => [joined(cache.keys, tail[block].keys), joined(cache.values, tail[block].values)]),
  );
}

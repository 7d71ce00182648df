import { type DType, GraphBuilder, type Node } from "../tensor/graph.js";
import { Operations } from "../tensor/operations.js";
import { attend, HIDDEN, type KeyValues } from "./attention.js";
import type { ModelConfig } from "./config.js";
import { assignCache, cacheWork, type Caches, declareCaches, keepFresh, readCache } from "./decoder-cache.js";
import { type BlockWeights, decoderBlock, type Pass, rmsNorm } from "./decoder-block.js";
import { PROMPT, STEP, weightFeed } from "./decoder-names.js";
import { rotations } from "./rotary.js";
import { maskedPrefix, windowedPrefix, windowedPrompt, windowedStep } from "./window.js";

/** The element type of matrices: "bf16" keeps them as bfloat16 and rounds what is multiplied with them; all else is float32. */
export type Precision = "f32" | "bf16";

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
export function decoderGraph(config: ModelConfig, precision: Precision = "f32"): GraphBuilder {
  const graph = new GraphBuilder();
  const ops = new Operations(graph);
  const weights = declareWeights(ops, config, precision === "bf16" ? "bfloat16" : "float32");
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

function declareWeights(ops: Operations, config: ModelConfig, matrices: DType): WeightNodes {
  const declare = (name: string, dtype: DType = "float32"): Node => {
    const variable = ops.variable(name, dtype);
    const { feed, done } = weightFeed(name);
    ops.done(done, [variable.assign(ops.cast(ops.placeholder(feed, "float32"), dtype))]);
    return variable.read();
  };
  const gain = (name: string): Node => ops.expand(declare(name), 1);
  const embedding = declare("embedding", matrices);
  const blocks = Array.from({ length: config.blocks }, (_, block) => ({
    attentionNorm: gain(`blocks.${block}.attentionNorm`),
    qkv: declare(`blocks.${block}.qkv`, matrices),
    ...(config.qkvBias === true ? { qkvBias: gain(`blocks.${block}.qkvBias`) } : {}),
    o: declare(`blocks.${block}.o`, matrices),
    feedForwardNorm: gain(`blocks.${block}.feedForwardNorm`),
    gateUp: declare(`blocks.${block}.gateUp`, matrices),
    down: declare(`blocks.${block}.down`, matrices),
  }));
  const output = config.tiedOutput ? embedding : declare("output", matrices);
  return { embedding, blocks, output, outputNorm: gain("outputNorm"), cosines: declare("cosines"), sines: declare("sines") };
}

interface Parts {
  readonly weights: WeightNodes;
  readonly caches: Caches;
}

/** tokens [B, T], every row right-padded; positions follow the prefix's. Padding is never seen: it comes last. */
function promptPass(ops: Operations, config: ModelConfig, { weights, caches }: Parts): void {
  const { heads, kvHeads, headWidth } = config;
  const tokens = ops.placeholder(PROMPT.tokens, "int32");
  const [batch, length] = [ops.entry(ops.shape(tokens), 0), ops.entry(ops.shape(tokens), 1)];
  const prefixes = caches.prefix.map(readCache);
  const prefixLength = ops.entry(ops.shape(prefixes[0].keys), 1);
  const scalar = (vector: Node): Node => ops.reshape(vector, []);
  const places = ops.range(scalar(length));
  const positions = ops.add(places, prefixLength);
  const visible = ops.lessOrEqual(ops.expand(places, 0), ops.expand(places, 1));
  const allBefore = ops.select(visible, ops.scalar(0), ops.scalar(HIDDEN)); // [T, T]: the prefix has a mask of its own
  const causal = windowedPrompt(ops, config.window, { mask: allBefore, keys: places, queries: places });
  const farPrefix = windowedPrefix(ops, config.window, { length: scalar(prefixLength), queries: positions }); // [T, P]
  const mask = ops.concat(
    Array.from({ length: heads / kvHeads }, () => causal),
    0,
  );
  const shape = (...sizes: (Node | number)[]): Node =>
    ops.concat(
      sizes.map((size) => (typeof size === "number" ? ops.integers([size]) : size)),
      0,
    );
  const splitShape = shape(heads + 2 * kvHeads, headWidth, batch, length);
  const groupShape = shape(batch, kvHeads, -1, headWidth);
  const headShape = shape(batch, heads, length, headWidth);
  const unstackedShape = shape(kvHeads, batch, -1, headWidth + 2);
  const unstack = (stacked: Node): Node => ops.reshape(stacked, unstackedShape);
  const batchGroups = ops.multiply(batch, ops.integers([heads / kvHeads]));
  const maskPrefix = maskedPrefix(ops, farPrefix, shape(kvHeads, batchGroups, length, prefixLength));
  const fresh: KeyValues[] = [];
  const pass: Pass = {
    splitHeads: (projected) => ops.transpose(ops.reshape(projected, splitShape), [2, 0, 3, 1]),
    groupHeads: (queries) => ops.reshape(queries, groupShape),
    joinHeads: (attended) => ops.reshape(ops.transpose(ops.reshape(attended, headShape), [1, 3, 0, 2]), [heads * headWidth, -1]),
    rotations: rotations(ops, config, {
      cosines: ops.gather(weights.cosines, positions),
      sines: ops.gather(weights.sines, positions),
    }),
    attend: (block, queries, own) => {
      fresh.push(own);
      const context = { prefix: prefixes[block], maskPrefix, pieces: [own], lengths: length, mask, unstack };
      return attend(ops, config, queries, context);
    },
  };
  const embedded = embed(ops, weights, ops.reshape(tokens, [-1]));
  const columns = ops.placeholder(PROMPT.rows, "int32");
  const hidden = throughBlocks(ops, config, { embedded, weights, pass, columns });
  const logits = outputLogits(ops, config, { hidden, weights });
  ops.named(PROMPT.logits, ops.transpose(logits, [1, 0]));
  ops.named(PROMPT.next, ops.argmax(logits, 0));
  ops.named(PROMPT.logProbabilities, targetLogProbabilities(ops, logits, ops.placeholder(PROMPT.targets, "int32")));
  keepFresh(ops, caches, { fresh, prefixes });
}

/** tokens [B], positions [B]; mask [B, S + L] says which keys each sequence sees; slot [L] is 1 where the new key goes. */
function stepPass(ops: Operations, config: ModelConfig, { weights, caches }: Parts): void {
  const { heads, kvHeads, headWidth } = config;
  const positions = ops.placeholder(STEP.positions, "int32");
  const mask = ops.expand(ops.expand(windowedStep(ops, config.window, ops.placeholder(STEP.mask, "float32")), 1), 1);
  const slot = ops.expand(ops.placeholder(STEP.slot, "float32"), 1);
  const [prefixes, own, tails] = [caches.prefix.map(readCache), caches.own.map(readCache), caches.tail.map(readCache)];
  const lengthOf = (part: KeyValues, axis: number): Node => ops.entry(ops.shape(part.keys), axis);
  const lengths = ops.concat([lengthOf(own[0], 2), lengthOf(tails[0], 2)], 0);
  const unstack = (stacked: Node): Node => ops.reshape(stacked, [kvHeads, -1, heads / kvHeads, headWidth + 2]);
  const prefixLength = lengthOf(prefixes[0], 1);
  const farPrefix = windowedPrefix(ops, config.window, { length: ops.reshape(prefixLength, []), queries: positions }); // [B, P]
  const apart = ops.concat([ops.integers([kvHeads]), ops.shape(positions), ops.integers([heads / kvHeads]), prefixLength], 0);
  const maskPrefix = maskedPrefix(ops, farPrefix === undefined ? undefined : ops.expand(farPrefix, 1), apart);
  const longer: KeyValues[] = [];
  const append = (tail: Node, fresh: Node): Node => ops.add(tail, ops.multiply(fresh, slot));
  const atPositions = (table: Node): Node => ops.expand(ops.expand(ops.gather(table, positions), 1), 1);
  const pass: Pass = {
    splitHeads: (projected) => ops.reshape(ops.transpose(projected, [1, 0]), [-1, heads + 2 * kvHeads, 1, headWidth]),
    groupHeads: (queries) => ops.reshape(queries, [-1, kvHeads, heads / kvHeads, headWidth]),
    joinHeads: (attended) => ops.transpose(ops.reshape(attended, [-1, heads * headWidth]), [1, 0]),
    rotations: rotations(ops, config, { cosines: atPositions(weights.cosines), sines: atPositions(weights.sines) }),
    attend: (block, queries, fresh) => {
      const tail = { keys: append(tails[block].keys, fresh.keys), values: append(tails[block].values, fresh.values) };
      longer.push(tail);
      const context = { prefix: prefixes[block], maskPrefix, pieces: [own[block], tail], lengths, mask, unstack };
      return attend(ops, config, queries, context);
    },
  };
  const embedded = embed(ops, weights, ops.placeholder(STEP.tokens, "int32"));
  const hidden = throughBlocks(ops, config, { embedded, weights, pass });
  const logits = outputLogits(ops, config, { hidden, weights });
  ops.named(STEP.logits, ops.transpose(logits, [1, 0]));
  ops.named(STEP.next, ops.argmax(logits, 0));
  ops.done(
    STEP.keep,
    longer.flatMap((tail, block) => assignCache(caches.tail[block], tail)),
  );
}

/** @param at columns: those wanted of the last block, which computes no others */
function throughBlocks(
  ops: Operations,
  config: ModelConfig,
  { embedded, weights, pass, columns }: { embedded: Node; weights: WeightNodes; pass: Pass; columns?: Node },
): Node {
  return weights.blocks.reduce((hidden, own, block) => {
    const isLast = block === weights.blocks.length - 1;
    return decoderBlock(ops, config, { block, hidden, weights: own, pass, ...(isLast ? { columns } : {}) });
  }, embedded);
}

/** tokens [N] -> [W, N] */
const embed = (ops: Operations, { embedding }: WeightNodes, tokens: Node): Node =>
  ops.transpose(ops.cast(ops.gather(embedding, tokens), "float32"), [1, 0]);

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

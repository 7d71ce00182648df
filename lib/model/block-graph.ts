import { GraphBuilder, type Node } from "../tensor/graph.js";
import { Operations, type Variable } from "../tensor/operations.js";
import { attendCausally, HIDDEN } from "./attention.js";
import { attended, blockNodes, type BlockNodes, type BlockWeights, gated, type Pass } from "./decoder-block.js";
import type { ModelConfig } from "./config.js";
import { weightFeed } from "./decoder-names.js";
import { productPanels, quadraticForms, running } from "./input-sums.js";
import { type Rotation, rotations } from "./rotary.js";
import { windowedPrompt } from "./window.js";

/** Linear layers that see the same input, by the first of them. */
export const INPUT_GROUPS = ["q", "o", "gate", "down"] as const;
/** One of them. */
export type InputGroup = (typeof INPUT_GROUPS)[number];

/** What is summed up of an input x: the squares of its entries, or its products, xxᵀ. */
export type SumKind = "squares" | "products";

/** The parts of a block of which trial weights are judged by the part's output. */
export const TRIAL_PARTS = ["attention", "feedForward"] as const;
/** One of them. */
export type TrialPart = (typeof TRIAL_PARTS)[number];

/** The variable with a part's trial weights, and where the block has its own. */
export const TRIAL_WEIGHTS = {
  attention: { variable: "trial.qkv", stands: "qkv" },
  feedForward: { variable: "trial.gateUp", stands: "gateUp" },
} as const satisfies Record<TrialPart, { readonly variable: string; readonly stands: keyof BlockWeights }>;

/** Names of what is fed to and fetched from the graph of one block; `BlockRunner` alone uses them. */
export const BLOCK = {
  hidden: "block/hidden",
  output: "block/output",
  input: (group: InputGroup) => `block/input/${group}`,
  begin: (group: InputGroup, kind: SumKind) => `sums/${group}/${kind}/begin`,
  add: (group: InputGroup, kind: SumKind) => `sums/${group}/${kind}/add`,
  drop: (group: InputGroup, kind: SumKind) => `sums/${group}/${kind}/drop`,
  sums: (group: InputGroup, kind: SumKind, panel: number) => `sums/${group}/${kind}/${panel}`,
  value: "sums/value",
  set: (group: InputGroup, kind: SumKind, panel: number) => `sums/${group}/${kind}/${panel}/set`,
  before: "quadratic/before",
  after: "quadratic/after",
  outputs: (group: InputGroup) => `quadratic/${group}/outputs`,
  differences: (group: InputGroup) => `quadratic/${group}/differences`,
  trialChunk: "trial/chunk",
  noChunks: "trial/none",
  holdNothing: (part: TrialPart) => `trial/${part}/empty`,
  hold: (part: TrialPart) => `trial/${part}/hold`,
  errors: (part: TrialPart) => `trial/${part}/errors`,
  order: "trial/order",
  chunkCount: "trial/chunks",
  reorder: (part: TrialPart) => `trial/${part}/reorder`,
} as const;

/**
 * One decoder block over whole sequences of `length` tokens each, without cache or padding, as a TensorFlow graph: its output,
 * the inputs of its linear layers and sums over them, and the outputs of its two parts under trial weights. Any block of a model
 * can stand in its variables. Only what is fetched is computed.
 */
export function blockGraph(config: ModelConfig, length: number): GraphBuilder {
  const graph = new GraphBuilder();
  const ops = new Operations(graph);
  const weights = declareWeights(ops, config);
  const tables = { cosines: declare(ops, "cosines"), sines: declare(ops, "sines") };
  const pass = wholeSequences(ops, config, { length, tables });
  const hidden = ops.placeholder(BLOCK.hidden, "float32");
  const nodes = blockNodes(ops, config, { block: 0, hidden, weights, pass });
  ops.named(BLOCK.output, nodes.hidden);
  sumInputs(ops, config, nodes.inputs);
  tryParts(ops, config, { weights, pass, inputs: nodes.inputs });
  return graph;
}

function declareWeights(ops: Operations, config: ModelConfig): BlockWeights {
  const gain = (name: string): Node => ops.expand(declare(ops, name), 1);
  return {
    attentionNorm: gain("attentionNorm"),
    qkv: declare(ops, "qkv"),
    ...(config.qkvBias === true ? { qkvBias: gain("qkvBias") } : {}),
    o: declare(ops, "o"),
    feedForwardNorm: gain("feedForwardNorm"),
    gateUp: declare(ops, "gateUp"),
    down: declare(ops, "down"),
  };
}

/** A variable that is fed under its name, as it reads. */
function declare(ops: Operations, name: string): Node {
  const variable = ops.variable(name);
  const { feed, done } = weightFeed(name);
  ops.done(done, [variable.assign(ops.placeholder(feed, "float32"))]);
  return variable.read();
}

/** Heads of sequences that all have the same, fixed length; only their number B is open. */
function wholeSequences(ops: Operations, config: ModelConfig, { length, tables }: { length: number; tables: Rotation }): Pass {
  const { heads, kvHeads, headWidth, window } = config;
  const places = ops.range(ops.integers(length));
  const isSeen = ops.lessOrEqual(ops.expand(places, 0), ops.expand(places, 1));
  const causal = ops.select(isSeen, ops.scalar(0), ops.scalar(HIDDEN));
  const mask = windowedPrompt(ops, window, { mask: causal, keys: places, queries: places }); // [T, T]
  return {
    splitHeads: (projected) => ops.transpose(ops.reshape(projected, [heads + 2 * kvHeads, headWidth, -1, length]), [2, 0, 3, 1]),
    groupHeads: (queries) => ops.reshape(queries, [-1, kvHeads, (heads / kvHeads) * length, headWidth]),
    joinHeads: (joined) =>
      ops.reshape(ops.transpose(ops.reshape(joined, [-1, heads, length, headWidth]), [1, 3, 0, 2]), [heads * headWidth, -1]),
    rotations: rotations(ops, config, tables),
    attend: (_, queries, fresh) => attendCausally(ops, queries, { ...fresh, mask, config, length }),
  };
}

/** Numbers of each group's input. */
export const inputWidth = ({ width, heads, headWidth, hidden }: ModelConfig, group: InputGroup): number =>
  ({ q: width, o: heads * headWidth, gate: width, down: hidden })[group];

/** Two running sums of each input: begun with a chunk, added to, let go, set and fetched by panel (squares are one). inputs [I, N] */
function sumInputs(ops: Operations, config: ModelConfig, inputs: BlockNodes["inputs"]): void {
  const value = ops.placeholder(BLOCK.value, "float32");
  const before = ops.placeholder(BLOCK.before, "float32");
  const difference = ops.subtract(ops.placeholder(BLOCK.after, "float32"), before);
  for (const group of INPUT_GROUPS) {
    const [input, width] = [ops.named(BLOCK.input(group), inputs[group]), inputWidth(config, group)];
    const chunk: Record<SumKind, readonly Node[]> = {
      squares: [ops.sum(ops.square(input), 1)],
      products: productPanels(ops, width, input),
    };
    for (const kind of ["squares", "products"] as const) {
      const variables = chunk[kind].map((_, panel) => ops.variable(`sums.${group}.${kind}.${panel}`));
      const { begin, add, drop } = running(ops, variables, chunk[kind]);
      ops.done(BLOCK.begin(group, kind), begin);
      ops.done(BLOCK.add(group, kind), add);
      ops.done(BLOCK.drop(group, kind), drop);
      variables.forEach((variable, panel) => ops.done(BLOCK.set(group, kind, panel), [variable.assign(value)]));
      const panels = variables.map((variable, panel) => ops.named(BLOCK.sums(group, kind, panel), variable.read()));
      if (kind === "squares") continue;
      ops.named(BLOCK.outputs(group), quadraticForms(ops, before, { width, panels }));
      ops.named(BLOCK.differences(group), quadraticForms(ops, difference, { width, panels }));
    }
  }
}

/** The parts of the block whose matrices are tried out. */
function tryParts(
  ops: Operations,
  config: ModelConfig,
  { weights, pass, inputs }: { weights: BlockWeights; pass: Pass; inputs: BlockNodes["inputs"] },
): void {
  const shared = {
    none: ops.placeholder(BLOCK.noChunks, "float32"),
    chunk: ops.placeholder(BLOCK.trialChunk, "int32"),
    order: ops.placeholder(BLOCK.order, "int32"),
    chunkCount: ops.placeholder(BLOCK.chunkCount, "int32"),
  };
  tryWeights(ops, "attention", {
    ...shared,
    input: inputs.q,
    own: ops.linear(weights.o, inputs.o),
    output: (input, qkv) => ops.linear(weights.o, attended(ops, config, { block: 0, input, weights: { ...weights, qkv }, pass })),
  });
  tryWeights(ops, "feedForward", {
    ...shared,
    input: inputs.gate,
    own: ops.linear(weights.down, inputs.down),
    output: (input, gateUp) => ops.linear(weights.down, gated(ops, config, input, gateUp)),
  });
}

interface Trial {
  /** Holds no chunks, [0, W, N], when fed so. */
  readonly none: Node;
  /** Which of the held chunks is tried. */
  readonly chunk: Node;
  /** [W, N] of the chunk that runs through the block */
  readonly input: Node;
  /** [W, N] what the part makes of it with the block's own matrices */
  readonly own: Node;
  /** [tokens] the place at which each held token was before, and the number of chunks that they fall into from now on. */
  readonly order: Node;
  readonly chunkCount: Node;
  /** What the part makes of an input with some matrices: [W, N] -> [W, N] */
  readonly output: (input: Node, matrices: Node) => Node;
}

/** Holds a part's inputs and outputs chunk by chunk, and tells how far its outputs with other matrices are from them. */
function tryWeights(ops: Operations, part: TrialPart, { none, chunk, input, own, output, order, chunkCount }: Trial): void {
  const trial = declare(ops, TRIAL_WEIGHTS[part].variable);
  const [inputs, outputs] = [ops.variable(`trial.${part}.inputs`), ops.variable(`trial.${part}.outputs`)];
  const append = (into: Variable, value: Node): Node => into.assign(ops.concat([into.read(), ops.expand(value, 0)], 0));
  ops.done(BLOCK.holdNothing(part), [inputs.assign(none), outputs.assign(none)]);
  ops.done(BLOCK.hold(part), [append(inputs, input), append(outputs, own)]);
  const one = (held: Variable): Node => ops.gather(held.read(), chunk);
  const difference = ops.subtract(output(one(inputs), trial), one(outputs));
  ops.named(BLOCK.errors(part), ops.sum(ops.square(difference), 0));
  const reordered = (held: Node): Node => {
    const [chunks, width] = [ops.transpose(held, [1, 0, 2]), ops.entry(ops.shape(held), 1)];
    const tokens = ops.gather(ops.reshape(chunks, ops.concat([width, ops.integers([-1])], 0)), order, { axis: 1 });
    return ops.transpose(ops.reshape(tokens, ops.concat([width, chunkCount, ops.integers([-1])], 0)), [1, 0, 2]);
  };
  ops.done(
    BLOCK.reorder(part),
    [inputs, outputs].map((held) => held.assign(reordered(held.read()))),
  );
}

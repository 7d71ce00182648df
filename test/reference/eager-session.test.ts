import { createRequire } from "node:module";

import { afterAll, describe, expect, test } from "vitest";

import { decoderGraph } from "../../lib/model/decoder-graph.js";
import { eagerOperations, type PlainTf } from "../../lib/tensor/eager-operations.js";
import { EagerSession } from "../../lib/tensor/eager-session.js";
import { type Attribute, GraphBuilder, type Node } from "../../lib/tensor/graph.js";
import { Operations } from "../../lib/tensor/operations.js";
import { type Feeds, type HostArray, Session } from "../../lib/tensor/session.js";
import { loadNative } from "../../lib/tensor/tensorflow.js";
import { createRandom } from "../../lib/core/random.js";
import { toyConfig } from "../toy-model.js";

const require = createRequire(import.meta.url);
const plain: PlainTf = loadNative().tf;
for (const name of ["cpu", "wasm"]) require(`@tensorflow/tfjs-backend-${name}`);

const floats = (shape: readonly number[], seed: number): HostArray => {
  const random = createRandom(seed);
  return { shape, values: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()) };
};
const integers = (shape: readonly number[], ...values: number[]): HostArray => ({ shape, values: Int32Array.from(values) });

const [FLOAT, INT]: readonly Attribute[] = [{ type: "float32" }, { type: "int32" }];

type Build = (ops: Operations, inputs: readonly Node[], graph: GraphBuilder) => Node | readonly Node[];
const pair = [floats([2, 3, 4], 1), floats([3, 1], 2)];
const CASES: readonly [string, readonly HostArray[], Build][] = [
  ["add, broadcast", pair, (ops, [a, b]) => ops.add(a, b)],
  ["subtract, broadcast", pair, (ops, [a, b]) => ops.subtract(a, b)],
  ["multiply, broadcast", pair, (ops, [a, b]) => ops.multiply(a, b)],
  ["add of integers", [integers([3], 1, 2, 3), integers([1], 4)], (ops, [a, b]) => ops.add(a, b)],
  ["sigmoid", [pair[0]], (ops, [a]) => ops.sigmoid(a)],
  ["rsqrt of squares", [pair[0]], (ops, [a]) => ops.rsqrt(ops.square(a))],
  ["log of exp", [pair[0]], (ops, [a]) => ops.log(ops.exp(a))],
  ["softmax, also of hidden scores", [pair[0]], (ops, [a]) => ops.softmax(ops.concat([a, ops.add(a, ops.scalar(-1e30))], 2))],
  [
    "select of scalars where integers are at most others",
    [integers([4], 0, 1, 2, 3), integers([3, 1], 0, 2, 5)],
    (ops, [a, b]) => ops.select(ops.lessOrEqual(a, b), ops.scalar(0), ops.scalar(-1e30)),
  ],
  ["linear", [floats([5, 3], 3), floats([3, 7], 4)], (ops, [a, b]) => ops.linear(a, b)],
  ["matmul, leading axes broadcast", [floats([2, 3, 4, 5], 5), floats([3, 5, 6], 6)], (ops, [a, b]) => ops.matmul(a, b)],
  ["matmul, transposed", [floats([2, 3, 4, 5], 7), floats([3, 6, 5], 8)], (ops, [a, b]) => ops.matmul(a, b, true)],
  ["matmul with no keys", [floats([2, 3, 4, 5], 9), floats([3, 0, 5], 1)], (ops, [a, b]) => ops.matmul(a, b, true)],
  ["matmul over nothing", [floats([2, 3, 4, 0], 9), floats([3, 0, 5], 1)], (ops, [a, b]) => ops.matmul(a, b)],
  ["mean, sum and max over an axis", [pair[0]], (ops, [a]) => [ops.mean(a, 0), ops.sum(a, 1), ops.max(a, 2)]],
  ["sum and max of nothing", [floats([2, 0, 3], 1)], (ops, [a]) => [ops.sum(a, 1), ops.max(a, 1), ops.max(a, 0)]],
  ["arithmetic of nothing", [floats([2, 0, 3], 1), floats([3], 1)], (ops, [a, b]) => ops.exp(ops.subtract(ops.square(a), b))],
  ["softmax and a transpose of nothing", [floats([2, 0, 3], 1)], (ops, [a]) => ops.transpose(ops.softmax(a), [2, 1, 0])],
  ["reshape by a vector", [pair[0], integers([2], 6, -1)], (ops, [a, shape]) => ops.reshape(a, shape)],
  ["reshape to a scalar", [integers([1], 5)], (ops, [a]) => ops.range(ops.reshape(a, []))],
  ["transpose of four axes", [floats([2, 3, 4, 5], 1)], (ops, [a]) => ops.transpose(a, [2, 0, 3, 1])],
  ["concat with an empty part", [floats([2, 3], 1), floats([2, 0], 2), floats([2, 2], 3)], (ops, parts) => ops.concat(parts, 1)],
  ["concat of empty parts", [floats([2, 0, 3], 1), floats([2, 0, 3], 2)], (ops, parts) => ops.concat(parts, 1)],
  ["split by numbers", [floats([2, 5], 1)], (ops, [a]) => ops.split(a, [2, 3], 1)],
  [
    "split by a vector, one part empty",
    [floats([2, 5], 1), integers([3], 0, 4, 1)],
    (ops, [a, node]) => ops.split(a, { node, count: 3 }, 1),
  ],
  ["gather of rows, columns, and of nothing", [floats([4, 3], 1), integers([2], 3, 0), integers([0])], gathers],
  [
    "gather within each row",
    [floats([2, 4, 3], 1), integers([2, 2], 3, 0, 1, 1)],
    (ops, [a, i]) => ops.gather(a, i, { axis: 1, batchDims: 1 }),
  ],
  [
    "gather of places behind an axis that all places share",
    [floats([2, 3, 4, 5], 1), integers([2, 3], 3, 0, 0, 1, 1, 2)],
    (ops, [a, i]) => ops.gather(a, i, { axis: 2, batchDims: 1 }),
  ],
  [
    "gather of more places than there were",
    [floats([2, 3, 2, 5], 1), integers([2, 4], 1, 0, 0, 1, 1, 1, 0, 0)],
    (ops, [a, i]) => ops.gather(a, i, { axis: 2, batchDims: 1 }),
  ],
  ["gather of rows of four axes", [floats([3, 2, 4, 5], 1), integers([2], 2, 0)], (ops, [a, i]) => ops.gather(a, i)],
  [
    "concat along the third of four axes",
    [floats([2, 3, 4, 5], 1), floats([2, 3, 1, 5], 2)],
    (ops, parts) => ops.concat(parts, 2),
  ],
  [
    "larger of integers",
    [integers([2], -1, 4), integers([1], 0)],
    (_, inputs, graph) => graph.one({ op: "Maximum", inputs, dtype: "int32", attributes: { T: INT } }),
  ],
  ["shape and its entries", [floats([2, 0, 3], 1)], (ops, [a]) => [ops.shape(a), ops.entries(ops.shape(a), [2, 0])]],
  ["expand at the front and the end", [floats([2, 3], 1)], (ops, [a]) => [ops.expand(a, 0), ops.expand(a, 2)]],
  ["single entries", [floats([3, 4], 1), integers([2, 2], 2, 3, 0, 1)], (ops, [a, i]) => ops.entriesAt(a, i)],
  [
    "argmax, the first of equals",
    [{ shape: [2, 3], values: Float32Array.of(1, 5, 5, 2, 2, 1) }],
    (ops, [a]) => [ops.argmax(a, 0), ops.argmax(a, 1)],
  ],
  [
    "quotient and larger of two, broadcast",
    pair,
    (_, inputs, graph) =>
      ["RealDiv", "Maximum"].map((op) => graph.one({ op, inputs, dtype: "float32", attributes: { T: FLOAT } })),
  ],
  [
    "zeros behind the third of four axes",
    [floats([2, 3, 4, 5], 1), integers([4, 2], 0, 0, 0, 0, 0, 3, 0, 0)],
    (_, inputs, graph) => graph.one({ op: "Pad", inputs, dtype: "float32", attributes: { T: FLOAT, Tpaddings: INT } }),
  ],
  [
    "zeros behind an axis",
    [pair[0], integers([3, 2], 0, 0, 0, 2, 0, 0)],
    (_, inputs, graph) => graph.one({ op: "Pad", inputs, dtype: "float32", attributes: { T: FLOAT, Tpaddings: INT } }),
  ],
  [
    "integers as floats",
    [integers([3], 1, -2, 3)],
    (_, inputs, graph) => graph.one({ op: "Cast", inputs, dtype: "float32", attributes: { SrcT: INT, DstT: FLOAT } }),
  ],
  ["the product of a matrix and one column", [floats([5, 3], 3), floats([3, 1], 4)], (ops, [a, b]) => ops.linear(a, b)],
];

function gathers(ops: Operations, [a, rows, none]: readonly Node[]): Node[] {
  return [
    ops.gather(a, rows),
    ops.gather(a, rows, { axis: 0 }),
    ops.gather(ops.transpose(a, [1, 0]), rows, { axis: 1 }),
    ops.gather(a, none),
  ];
}

function graphOf(inputs: readonly HostArray[], build: Build): { graph: GraphBuilder; feeds: Feeds; fetches: string[] } {
  const graph = new GraphBuilder();
  const ops = new Operations(graph);
  const nodes = inputs.map(({ values }, i) => ops.placeholder(`in/${i}`, values instanceof Int32Array ? "int32" : "float32"));
  const built = build(ops, nodes, graph);
  const outputs = "name" in built ? [built] : built;
  const fetches = outputs.map((output, i) => ops.named(`out/${i}`, output).name);
  return { graph, fetches, feeds: Object.fromEntries(inputs.map((input, i) => [`in/${i}`, input])) };
}

afterAll(async () => {
  await plain.setBackend("tensorflow");
});

describe.each(["tensorflow", "wasm", "cpu"])("graphs interpreted on %s equal TensorFlow's to 1e-5", (backend) => {
  test.each(CASES)("%s", async (_, inputs, build) => {
    const { graph, feeds, fetches } = graphOf(inputs, build);
    await plain.setBackend("tensorflow");
    const session = Session.load(graph);
    const truth = session.run(feeds, fetches);
    session.close();
    await plain.setBackend(backend);
    const eager = new EagerSession(plain, graph);
    const before = plain.memory().numTensors;
    const ours = eager.run(feeds, fetches);
    expect(ours.map(({ shape }) => shape)).toEqual(truth.map(({ shape }) => shape));
    for (const [i, { values }] of ours.entries()) {
      expect(values.constructor).toBe(truth[i].values.constructor);
      values.forEach((value, at) => {
        const expected = truth[i].values[at];
        if (value === expected) return; // infinities too
        expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(expected)));
      });
    }
    eager.run(feeds, fetches);
    eager.close();
    expect(plain.memory().numTensors).toBeLessThanOrEqual(before);
  });

  test("a variable keeps its value from call to call, and is read before it is assigned anew", async () => {
    await plain.setBackend(backend);
    const graph = new GraphBuilder();
    const ops = new Operations(graph);
    const variable = ops.variable("v");
    ops.done("set", [variable.assign(ops.placeholder("in", "float32"))]);
    ops.done("double", [variable.assign(ops.add(variable.read(), variable.read()))]);
    ops.named("value", variable.read());
    const eager = new EagerSession(plain, graph);
    expect(() => eager.run({}, ["value"])).toThrow(/before anything was assigned/);
    eager.run({ in: { shape: [2], values: Float32Array.of(1, -3) } }, ["set"]);
    eager.run({}, ["double"]);
    eager.run({}, ["double"]);
    expect(eager.run({}, ["value"])[0].values).toEqual(Float32Array.of(4, -12));
    eager.close();
    expect(() => eager.run({}, ["value"])).toThrow(/closed/);
  });

  test("an index outside is an error and no number", async () => {
    await plain.setBackend(backend);
    const { graph, feeds, fetches } = graphOf([floats([4, 3], 1), integers([1], 4)], (ops, [a, i]) => ops.gather(a, i));
    expect(() => new EagerSession(plain, graph).run(feeds, fetches)).toThrow(/index 4/);
  });
});

test("every op of the decoder's graph can be interpreted", () => {
  const special = ["Placeholder", "Const", "VarHandleOp", "ReadVariableOp", "AssignVariableOp"];
  const ops = new Set(decoderGraph(toyConfig()).definitions.map(({ call }) => call.op));
  expect([...ops].filter((op) => !special.includes(op) && !Object.hasOwn(eagerOperations, op))).toEqual([]);
});

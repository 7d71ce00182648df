import type * as TensorFlowJs from "@tensorflow/tfjs-core";

import { InputError } from "../core/errors.js";
import type { OpCall } from "./graph.js";

/** TensorFlow.js without its native backend. */
export type PlainTf = typeof TensorFlowJs;

type Tensor = TensorFlowJs.Tensor;

/** What an op computes of its inputs, by the call as the graph has it. One tensor an output; none of them is an input itself. */
export type EagerOperation = (tf: PlainTf, inputs: readonly Tensor[], call: OpCall) => Tensor | Tensor[];

const numbers = (tensor: Tensor): number[] => Array.from(tensor.dataSync());
const number = (tensor: Tensor): number => tensor.dataSync()[0];

type Binary = "add" | "sub" | "mul" | "div" | "maximum" | "lessEqual";
type Unary = "sigmoid" | "rsqrt" | "square" | "exp" | "log" | "softmax" | "clone";
type Reduction = "mean" | "sum" | "max";

const binary =
  (name: Binary): EagerOperation =>
  (tf, [a, b]) =>
    tf[name](a, b);
const unary =
  (name: Unary): EagerOperation =>
  (tf, [a]) =>
    tf[name](a);
const reduction =
  (name: Reduction): EagerOperation =>
  (tf, [a, axes]) =>
    a.size > 0 ? tf[name](a, numbers(axes), true) : reducedNothing(tf, a, { axes: numbers(axes), value: OF_NOTHING[name] });

/** What TensorFlow makes of nothing; the backends' kernels read beside their memory. */
const OF_NOTHING: Readonly<Record<Reduction, number>> = { mean: NaN, sum: 0, max: -Infinity };

/** The ops of `operations.ts` over tensors of TensorFlow.js, by TensorFlow's names. */
export const eagerOperations: Readonly<Record<string, EagerOperation>> = {
  AddV2: binary("add"),
  Sub: binary("sub"),
  Mul: binary("mul"),
  RealDiv: binary("div"),
  Maximum: binary("maximum"),
  LessEqual: binary("lessEqual"),
  Sigmoid: unary("sigmoid"),
  Rsqrt: unary("rsqrt"),
  Square: unary("square"),
  Exp: unary("exp"),
  Log: unary("log"),
  Softmax: unary("softmax"),
  Identity: unary("clone"),
  Mean: reduction("mean"),
  Sum: reduction("sum"),
  Max: reduction("max"),
  SelectV2: (tf, [condition, yes, no]) => tf.where(condition, yes, no),
  MatMul: (tf, [a, b], { attributes }) => product(tf, a, b, isTrue(attributes?.["transpose_b"])),
  BatchMatMulV2: (tf, [a, b], { attributes }) => product(tf, a, b, isTrue(attributes?.["adj_y"])),
  Reshape: (tf, [a, shape]) => tf.reshape(a, numbers(shape)),
  Transpose: (tf, [a, order]) => tf.transpose(a, numbers(order)),
  ConcatV2: (tf, inputs) => concat(tf, inputs.slice(0, -1), number(inputs[inputs.length - 1])),
  SplitV: (tf, [a, sizes, axis]) => tf.split(a, numbers(sizes), number(axis)),
  Shape: (tf, [a]) => tf.tensor1d([...a.shape], "int32"),
  ExpandDims: (tf, [a, axis]) => tf.expandDims(a, number(axis)),
  Range: (tf, [start, limit, step]) => tf.range(number(start), number(limit), number(step), "int32"),
  ArgMax: (tf, [a, axis]) => tf.argMax(a, number(axis)),
  Pad: (tf, [a, paddings]) => tf.pad(a, pairs(numbers(paddings))),
  Cast: (tf, [a], { dtype }) => tf.cast(a, plainType(dtype)),
  GatherV2: (tf, [a, indices, axis], { attributes }) => {
    const along = number(axis);
    checkIndices(numbers(indices), a.shape[along]);
    const batchDims = attributes?.["batch_dims"];
    return gather(tf, [a, indices], {
      axis: along,
      batchDims: batchDims !== undefined && "int" in batchDims ? batchDims.int : 0,
    });
  },
  GatherNd: (tf, [a, indices]) => {
    const depth = indices.shape[indices.shape.length - 1];
    for (let axis = 0; axis < depth; axis++)
      checkIndices(
        numbers(indices).filter((_, at) => at % depth === axis),
        a.shape[axis],
      );
    return tf.gatherND(a, indices);
  },
};

const isTrue = (attribute: object | undefined): boolean =>
  attribute !== undefined && "bool" in attribute && attribute.bool === true;

function reducedNothing(tf: PlainTf, a: Tensor, { axes, value }: { axes: readonly number[]; value: number }): Tensor {
  const shape = a.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return tf.fill(shape, value, a.dtype);
}

/** Products over nothing are zeros; the backends' kernels want at least one of everything. */
function product(tf: PlainTf, a: Tensor, b: Tensor, transposed: boolean): Tensor {
  if (a.size > 0 && b.size > 0) return tf.matMul(a, b, false, transposed);
  const columns = b.shape[b.shape.length - (transposed ? 2 : 1)];
  const outer = a.rank >= b.rank ? a.shape.slice(0, -2) : b.shape.slice(0, -2);
  return tf.zeros([...outer, a.shape[a.shape.length - 2], columns]);
}

/**
 * With batch dimensions, as one gather of rows: the WebAssembly kernel counts the indices of an entry wrongly where there are not
 * as many as entries.
 */
function gather(tf: PlainTf, [a, indices]: readonly Tensor[], { axis, batchDims }: { axis: number; batchDims: number }): Tensor {
  if (batchDims === 0) return tf.gather(a, indices, axis);
  const others = a.shape.map((_, at) => at).filter((at) => at !== axis);
  const forward = [...others.slice(0, batchDims), axis, ...others.slice(batchDims)];
  const [size, each] = [a.shape[axis], indices.shape[batchDims]];
  if (indices.rank !== batchDims + 1) throw new Error("a gather with batch dimensions takes one index axis behind them");
  const rest = others.slice(batchDims).map((at) => a.shape[at]);
  return tf.tidy(() => {
    const rows = tf.reshape(tf.transpose(a, forward), [-1, ...rest]);
    const picked = numbers(indices).map((index, at) => Math.floor(at / each) * size + index);
    const gathered = tf.reshape(tf.gather(rows, tf.tensor1d(picked, "int32")), [...indices.shape, ...rest]);
    return tf.transpose(
      gathered,
      a.shape.map((_, at) => forward.indexOf(at)),
    );
  });
}

/** Empty parts are left out: some backends refuse them. */
function concat(tf: PlainTf, parts: readonly Tensor[], axis: number): Tensor {
  const filled = parts.filter(({ size }) => size > 0);
  if (filled.length > 0) return tf.concat(filled, axis);
  const shape = [...parts[0].shape];
  shape[axis] = parts.reduce((sum, part) => sum + part.shape[axis], 0);
  return tf.zeros(shape, parts[0].dtype);
}

const pairs = (flat: readonly number[]): [number, number][] =>
  Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);

/** TensorFlow refuses what lies outside; the other backends would give some number. */
function checkIndices(indices: readonly number[], size: number): void {
  const wrong = indices.find((index) => !(index >= 0 && index < size));
  if (wrong !== undefined) throw new Error(`the index ${wrong} is not in [0, ${size})`);
}

/** @throws InputError for an element type that only TensorFlow has */
function plainType(dtype: string): "float32" | "int32" | "bool" {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype;
  throw new InputError({
    where: "the backend",
    found: `numbers of type ${dtype}`,
    expected: "float32, the only floating type outside TensorFlow's native backend",
    remedy: "run with f32 precision, or run `npm run setup` for the native backend",
  });
}

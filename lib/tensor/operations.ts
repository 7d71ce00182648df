import { type Attribute, type DType, type GraphBuilder, type Node } from "./graph.js";

const type = (dtype: DType): Attribute => ({ type: dtype });
const INT: Attribute = { type: "int32" };

/**
 * The operations that a decoder is made of, as nodes of a graph. Shapes follow TensorFlow's rules, broadcasting included.
 * A second implementation over plain tensors can stand beside it: the model is written against this interface.
 */
export class Operations {
  readonly #graph: GraphBuilder;
  readonly #integers = new Map<string, Node>();

  constructor(graph: GraphBuilder) {
    this.#graph = graph;
  }

  /** A value that is fed by name. */
  placeholder(name: string, dtype: DType): Node {
    return this.#graph.one({ op: "Placeholder", name, dtype, attributes: { dtype: type(dtype), shape: { unknownShape: true } } });
  }

  /** Integers fixed in the graph: a vector, or a scalar for a plain number. */
  integers(values: readonly number[] | number): Node {
    const key = JSON.stringify(values);
    const known = this.#integers.get(key);
    if (known !== undefined) return known;
    const list = typeof values === "number" ? [values] : values;
    const shape = typeof values === "number" ? [] : [list.length];
    const node = this.#constant("int32", shape, new Uint8Array(Int32Array.from(list).buffer));
    this.#integers.set(key, node);
    return node;
  }

  scalar(value: number): Node {
    return this.#constant("float32", [], new Uint8Array(Float32Array.of(value).buffer));
  }

  #constant(dtype: DType, shape: readonly number[], bytes: Uint8Array): Node {
    return this.#graph.one({
      op: "Const",
      dtype,
      attributes: { dtype: type(dtype), value: { constant: { dtype, shape, bytes } } },
    });
  }

  /** A value that stays in the session under this name; read and assigned through it. */
  variable(name: string, dtype: DType = "float32"): Variable {
    const attributes = { dtype: type(dtype) };
    const handle = this.#graph.one({
      op: "VarHandleOp",
      name: `variable/${name}`,
      dtype,
      attributes: { container: { text: "" }, shared_name: { text: name }, dtype: type(dtype), shape: { unknownShape: true } },
    });
    return {
      read: (after = []) => this.#graph.one({ op: "ReadVariableOp", inputs: [handle], after, dtype, attributes }),
      assign: (value) => this.#graph.one({ op: "AssignVariableOp", inputs: [handle, value], dtype, attributes }),
      add: (value) => this.#graph.one({ op: "AssignAddVariableOp", inputs: [handle, value], dtype, attributes }),
    };
  }

  /** Something to fetch by name that is done when all of `work` is. */
  done(name: string, work: readonly Node[]): Node {
    return this.#graph.one({
      op: "Identity",
      name,
      inputs: [this.integers(0)],
      after: work,
      dtype: "int32",
      attributes: { T: INT },
    });
  }

  /** `value` under a name, to be fetched. */
  named(name: string, value: Node): Node {
    return this.#graph.one({ op: "Identity", name, inputs: [value], dtype: value.dtype, attributes: { T: type(value.dtype) } });
  }

  #binary(op: string, a: Node, b: Node): Node {
    return this.#graph.one({ op, inputs: [a, b], dtype: a.dtype, attributes: { T: type(a.dtype) } });
  }

  #unary(op: string, a: Node): Node {
    return this.#graph.one({ op, inputs: [a], dtype: a.dtype, attributes: { T: type(a.dtype) } });
  }

  add = (a: Node, b: Node): Node => this.#binary("AddV2", a, b);
  subtract = (a: Node, b: Node): Node => this.#binary("Sub", a, b);
  multiply = (a: Node, b: Node): Node => this.#binary("Mul", a, b);
  divide = (a: Node, b: Node): Node => this.#binary("RealDiv", a, b);
  maximum = (a: Node, b: Node): Node => this.#binary("Maximum", a, b);
  sigmoid = (a: Node): Node => this.#unary("Sigmoid", a);
  rsqrt = (a: Node): Node => this.#unary("Rsqrt", a);
  square = (a: Node): Node => this.#unary("Square", a);
  exp = (a: Node): Node => this.#unary("Exp", a);
  log = (a: Node): Node => this.#unary("Log", a);
  /** Over the last axis. */
  softmax = (a: Node): Node => this.#unary("Softmax", a);

  /** To another element type; to bfloat16 it rounds. */
  cast(a: Node, dtype: DType): Node {
    if (a.dtype === dtype) return a;
    const attributes = { SrcT: type(a.dtype), DstT: type(dtype) } as const;
    return this.#graph.one({ op: "Cast", inputs: [a], dtype, attributes });
  }

  lessOrEqual(a: Node, b: Node): Node {
    return this.#graph.one({ op: "LessEqual", inputs: [a, b], dtype: "bool", attributes: { T: type(a.dtype) } });
  }

  select(condition: Node, yes: Node, no: Node): Node {
    return this.#graph.one({
      op: "SelectV2",
      inputs: [condition, yes, no],
      dtype: yes.dtype,
      attributes: { T: type(yes.dtype) },
    });
  }

  /**
   * weight [O, I] · input [I, N] -> [O, N], in the weight's element type. Weights stay as they are stored, and activations keep
   * one column a token: with one row a token, TensorFlow's product copies the weights at each call and takes 1.2 to 3 times as
   * long.
   */
  linear(weight: Node, input: Node): Node {
    const { dtype } = weight;
    const attributes = { T: type(dtype), transpose_a: { bool: false }, transpose_b: { bool: false } } as const;
    const product = this.#graph.one({ op: "MatMul", inputs: [weight, this.cast(input, dtype)], dtype, attributes });
    return this.cast(product, "float32");
  }

  /** [..., M, K] · [..., K, N] -> [..., M, N]; with `transposed`, the second is [..., N, K]. Leading axes broadcast. */
  matmul(a: Node, b: Node, transposed = false): Node {
    const attributes = { T: type("float32"), adj_x: { bool: false }, adj_y: { bool: transposed } } as const;
    return this.#graph.one({ op: "BatchMatMulV2", inputs: [a, b], dtype: "float32", attributes });
  }

  /** a · bᵀ: [M, K] and [N, K] -> [M, N]. */
  timesTransposed(a: Node, b: Node): Node {
    const attributes = { T: type("float32"), transpose_a: { bool: false }, transpose_b: { bool: true } } as const;
    return this.#graph.one({ op: "MatMul", inputs: [a, b], dtype: "float32", attributes });
  }

  #reduce(op: string, a: Node, axis: number): Node {
    const attributes = { T: type(a.dtype), Tidx: INT, keep_dims: { bool: true } } as const;
    return this.#graph.one({ op, inputs: [a, this.integers([axis])], dtype: a.dtype, attributes });
  }

  /** Over one axis, which stays with length 1. */
  mean = (a: Node, axis: number): Node => this.#reduce("Mean", a, axis);
  sum = (a: Node, axis: number): Node => this.#reduce("Sum", a, axis);
  max = (a: Node, axis: number): Node => this.#reduce("Max", a, axis);

  /** Entry i is the sum of those from i on, along an axis. */
  sumFromEnd(a: Node, axis: number): Node {
    const attributes = { T: type(a.dtype), Tidx: INT, exclusive: { bool: false }, reverse: { bool: true } } as const;
    return this.#graph.one({ op: "Cumsum", inputs: [a, this.integers(axis)], dtype: a.dtype, attributes });
  }

  reshape(a: Node, shape: Node | readonly number[]): Node {
    const target = "name" in shape ? shape : this.integers(shape);
    return this.#graph.one({ op: "Reshape", inputs: [a, target], dtype: a.dtype, attributes: { T: type(a.dtype), Tshape: INT } });
  }

  transpose(a: Node, order: readonly number[]): Node {
    const attributes = { T: type(a.dtype), Tperm: INT } as const;
    return this.#graph.one({ op: "Transpose", inputs: [a, this.integers(order)], dtype: a.dtype, attributes });
  }

  /** Along an axis; one part is its own whole, as TensorFlow's op wants two at least. */
  concat(parts: readonly Node[], axis: number): Node {
    if (parts.length === 1) return parts[0];
    const { dtype } = parts[0];
    const attributes = { N: { int: parts.length }, T: type(dtype), Tidx: INT } as const;
    return this.#graph.one({ op: "ConcatV2", inputs: [...parts, this.integers(axis)], dtype, attributes });
  }

  /** Adds zeros behind the entries of an axis. @param amount an int32 vector of length 1 */
  padBehind(a: Node, amount: Node, { axis, rank }: { axis: number; rank: number }): Node {
    const zeros = (count: number): Node[] => (count === 0 ? [] : [this.integers(Array.from({ length: count }, () => 0))]);
    const paddings = this.reshape(this.concat([...zeros(2 * axis + 1), amount, ...zeros(2 * (rank - axis - 1))], 0), [rank, 2]);
    const attributes = { T: type(a.dtype), Tpaddings: INT } as const;
    return this.#graph.one({ op: "Pad", inputs: [a, paddings], dtype: a.dtype, attributes });
  }

  /** Parts of the given sizes along an axis; sizes are numbers or a vector node. */
  split(a: Node, sizes: readonly number[] | { readonly node: Node; readonly count: number }, axis: number): readonly Node[] {
    const [node, count] = "node" in sizes ? [sizes.node, sizes.count] : [this.integers(sizes), sizes.length];
    const attributes = { T: type(a.dtype), Tlen: INT, num_split: { int: count } } as const;
    return this.#graph.call({ op: "SplitV", inputs: [a, node, this.integers(axis)], dtype: a.dtype, attributes, outputs: count });
  }

  /** Rows of `a` along an axis. With `batchDims` 1, indices are given for each entry of the first axis. */
  gather(a: Node, indices: Node, { axis = 0, batchDims = 0 } = {}): Node {
    const attributes = { Tparams: type(a.dtype), Tindices: INT, Taxis: INT, batch_dims: { int: batchDims } } as const;
    return this.#graph.one({ op: "GatherV2", inputs: [a, indices, this.integers(axis)], dtype: a.dtype, attributes });
  }

  /** The sizes of `a` as an int32 vector. */
  shape(a: Node): Node {
    return this.#graph.one({ op: "Shape", inputs: [a], dtype: "int32", attributes: { T: type(a.dtype), out_type: INT } });
  }

  /** One entry of a vector, as a vector of length 1. */
  entry(vector: Node, index: number): Node {
    return this.gather(vector, this.integers([index]));
  }

  /** Some entries of a vector, as a vector. */
  entries(vector: Node, indices: readonly number[]): Node {
    return this.gather(vector, this.integers(indices));
  }

  expand(a: Node, axis: number): Node {
    const attributes = { T: type(a.dtype), Tdim: INT } as const;
    return this.#graph.one({ op: "ExpandDims", inputs: [a, this.integers(axis)], dtype: a.dtype, attributes });
  }

  /** 0, 1, … limit − 1. @param limit an int32 scalar */
  range(limit: Node): Node {
    return this.#graph.one({
      op: "Range",
      inputs: [this.integers(0), limit, this.integers(1)],
      dtype: "int32",
      attributes: { Tidx: INT },
    });
  }

  /** Single entries of `a`: indices [N, rank] -> [N]. */
  entriesAt(a: Node, indices: Node): Node {
    const attributes = { Tparams: type(a.dtype), Tindices: INT } as const;
    return this.#graph.one({ op: "GatherNd", inputs: [a, indices], dtype: a.dtype, attributes });
  }

  /** Index of the largest entry along an axis, the first of equals. */
  argmax(a: Node, axis: number): Node {
    const attributes = { T: type(a.dtype), Tidx: INT, output_type: INT } as const;
    return this.#graph.one({ op: "ArgMax", inputs: [a, this.integers(axis)], dtype: "int32", attributes });
  }
}

/** A value that a session keeps from call to call. */
export interface Variable {
  read(after?: readonly Node[]): Node;
  assign(value: Node): Node;
  /** Adds to it in place; the shapes are the same. */
  add(value: Node): Node;
}

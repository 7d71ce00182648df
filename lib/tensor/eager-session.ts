import type { Tensor } from "@tensorflow/tfjs-core";

import { eagerOperations, type PlainTf } from "./eager-operations.js";
import { outputNames, planFor, type PlanStep } from "./eager-plan.js";
import type { Attribute, GraphBuilder, OpCall } from "./graph.js";
import type { Feeds, Fetched, HostArray } from "./session.js";

/** What a decoder asks of a loaded graph, on whatever backend. */
export interface GraphSession {
  /** Computes what is fetched, and nothing else. Leaves no tensor behind, also when it fails. */
  run(feeds: Feeds, fetches: readonly string[]): Fetched[];
  close(): void;
}

/**
 * A graph interpreted op by op with TensorFlow.js, for backends that cannot load one: the model is written once, as a graph, and
 * every backend computes from the same definitions. A value is disposed of behind its last reader, so that a pass needs the
 * memory of a block and not of all of them.
 */
export class EagerSession implements GraphSession {
  readonly #tf: PlainTf;
  readonly #graph: GraphBuilder;
  readonly #plans = new Map<string, readonly PlanStep[]>();
  readonly #variables = new Map<string, Tensor>();
  readonly #constants = new Map<string, Tensor>();
  #closed = false;

  constructor(tf: PlainTf, graph: GraphBuilder) {
    this.#tf = tf;
    this.#graph = graph;
  }

  run(feeds: Feeds, fetches: readonly string[]): Fetched[] {
    if (this.#closed) throw new Error("this session is closed");
    const values = new Map<string, Tensor>();
    try {
      for (const step of this.#plan(fetches)) this.#compute(step, feeds, values);
      return fetches.map((name) => fetched(valueOf(values, name)));
    } finally {
      this.#tf.dispose([...values.values()]);
    }
  }

  close(): void {
    this.#closed = true;
    this.#tf.dispose([...this.#variables.values(), ...this.#constants.values()]);
    this.#variables.clear();
    this.#constants.clear();
  }

  #plan(fetches: readonly string[]): readonly PlanStep[] {
    const key = fetches.join("\n");
    const known = this.#plans.get(key);
    if (known !== undefined) return known;
    const plan = planFor(this.#graph, fetches);
    const planned = new Set(plan.flatMap(({ definition }) => outputNames(definition.name, definition.call.outputs)));
    const unknown = fetches.find((name) => !planned.has(name));
    if (unknown !== undefined) throw new Error(`the graph has no ${unknown}`);
    this.#plans.set(key, plan);
    return plan;
  }

  #compute({ definition: { name, call }, release }: PlanStep, feeds: Feeds, values: Map<string, Tensor>): void {
    const computed = this.#evaluate(name, call, { feeds, values });
    outputNames(name, computed.length).forEach((output, i) => values.set(output, computed[i]));
    for (const unneeded of release) {
      values.get(unneeded)?.dispose();
      values.delete(unneeded);
    }
  }

  #evaluate(name: string, call: OpCall, { feeds, values }: { feeds: Feeds; values: Map<string, Tensor> }): Tensor[] {
    const inputs = call.inputs ?? [];
    switch (call.op) {
      case "Placeholder":
        if (!Object.hasOwn(feeds, name)) throw new Error(`nothing was fed to ${name}`);
        return [tensorOf(this.#tf, feeds[name])];
      case "Const":
        return [this.#constant(name, call).clone()];
      case "VarHandleOp":
        return [];
      case "ReadVariableOp":
        return [this.#variable(inputs[0].name).clone()];
      case "AssignVariableOp":
        this.#assign(inputs[0].name, valueOf(values, inputs[1].name).clone());
        return [];
      case "AssignAddVariableOp":
        this.#assign(inputs[0].name, this.#tf.add(this.#variable(inputs[0].name), valueOf(values, inputs[1].name)));
        return [];
      default: {
        if (!Object.hasOwn(eagerOperations, call.op)) throw new Error(`the op ${call.op} is only known to TensorFlow`);
        const tensors = inputs.map((input) => valueOf(values, input.name));
        const computed = eagerOperations[call.op](this.#tf, tensors, call);
        return Array.isArray(computed) ? computed : [computed];
      }
    }
  }

  #constant(name: string, { attributes }: OpCall): Tensor {
    const known = this.#constants.get(name);
    if (known !== undefined) return known;
    const tensor = constantOf(this.#tf, attributes?.["value"]);
    this.#constants.set(name, tensor);
    return tensor;
  }

  #variable(handle: string): Tensor {
    const tensor = this.#variables.get(handle);
    if (tensor === undefined) throw new Error(`${handle} is read before anything was assigned to it`);
    return tensor;
  }

  #assign(handle: string, tensor: Tensor): void {
    this.#variables.get(handle)?.dispose();
    this.#variables.set(handle, tensor);
  }
}

function valueOf(values: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const tensor = values.get(name);
  if (tensor === undefined) throw new Error(`${name} has no value`);
  return tensor;
}

/** A copy in the tensor's type: a cast may leave the numbers of the type before. */
function fetched(tensor: Tensor): Fetched {
  const numbers = tensor.dataSync();
  return { shape: tensor.shape, values: tensor.dtype === "float32" ? new Float32Array(numbers) : new Int32Array(numbers) };
}

const tensorOf = (tf: PlainTf, { shape, values }: HostArray): Tensor =>
  tf.tensor(values, [...shape], values instanceof Int32Array ? "int32" : "float32");

function constantOf(tf: PlainTf, value: Attribute | undefined): Tensor {
  if (value === undefined || !("constant" in value)) throw new Error("a constant without a value");
  const { dtype, shape, bytes } = value.constant;
  const Numbers = dtype === "int32" ? Int32Array : Float32Array;
  if (dtype !== "int32" && dtype !== "float32") throw new Error(`a constant of type ${dtype}`);
  return tf.tensor(new Numbers(bytes.slice().buffer), [...shape], dtype);
}

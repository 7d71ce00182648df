/** Element types that our graphs use. */
export type DType = "float32" | "bfloat16" | "int32" | "bool";

/** One output of a node in a graph under construction. */
export interface Node {
  readonly name: string;
  readonly dtype: DType;
}

/** An attribute of a node, by the kind TensorFlow wants. */
export type Attribute =
  | { readonly type: DType }
  | { readonly int: number }
  | { readonly bool: boolean }
  | { readonly text: string }
  | { readonly unknownShape: true }
  | { readonly constant: { readonly dtype: DType; readonly shape: readonly number[]; readonly bytes: Uint8Array } };

/** One call of an op. Inputs are outputs of earlier nodes; control inputs only order the work. */
export interface OpCall {
  readonly op: string;
  /** Chosen if absent; needed where the node is fed or fetched by name. */
  readonly name?: string;
  readonly inputs?: readonly Node[];
  readonly after?: readonly Node[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Element type of the (first) output. */
  readonly dtype: DType;
  /** How many outputs the op has; 1 if absent. */
  readonly outputs?: number;
}

/** A TensorFlow graph as a growing list of nodes; `session.ts` loads and runs it. */
export class GraphBuilder {
  readonly #definitions: NodeDefinition[] = [];
  /** Names that are taken, and how many were made from each. */
  readonly #names = new Map<string, number>();

  /** Adds a node. @returns its outputs */
  call(call: OpCall): readonly Node[] {
    const name = this.#freshName(call.name ?? call.op);
    this.#definitions.push({ name, call });
    const count = call.outputs ?? 1;
    return Array.from({ length: count }, (_, i) => ({ name: i === 0 ? name : `${name}:${i}`, dtype: call.dtype }));
  }

  /** Adds a node with one output. */
  one(call: OpCall): Node {
    return this.call(call)[0];
  }

  /** All nodes so far, in order of their making. */
  get definitions(): readonly NodeDefinition[] {
    return this.#definitions;
  }

  #freshName(wanted: string): string {
    let count = this.#names.get(wanted) ?? 0;
    let name = count === 0 ? wanted : `${wanted}_${count}`;
    while (this.#names.has(name)) name = `${wanted}_${++count}`;
    this.#names.set(wanted, count + 1);
    if (name !== wanted) this.#names.set(name, 1);
    return name;
  }
}

/** A node as the graph holds it. */
export interface NodeDefinition {
  readonly name: string;
  readonly call: OpCall;
}

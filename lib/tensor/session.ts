import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Tensor } from "@tensorflow/tfjs-node-gpu";

import { savedModelBytes } from "./graph-message.js";
import type { GraphBuilder } from "./graph.js";
import type { Rewrite } from "./onednn.js";
import { loadNative } from "./tensorflow.js";

/** Values for a graph's placeholders, by name. */
export type Feeds = Readonly<Record<string, HostArray>>;

/** Numbers on the host with their shape; what goes into a graph. */
export interface HostArray {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

/** Numbers that came out of a graph. */
export interface Fetched {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

/**
 * A loaded graph. Its variables live inside TensorFlow until `close`. A call blocks the thread: keep one under 250 ms.
 */
export class Session {
  readonly #id: number;
  #closed = false;

  private constructor(id: number) {
    this.#id = id;
  }

  /** Writes the graph to a temporary folder, loads it, removes the folder. @param rewrite how each op is written */
  static load(graph: GraphBuilder, rewrite?: Rewrite): Session {
    const folder = mkdtempSync(join(tmpdir(), "touchstone-graph-"));
    try {
      writeFileSync(join(folder, "saved_model.pb"), savedModelBytes(graph, rewrite));
      mkdirSync(join(folder, "variables"));
      return new Session(loadNative().backend.loadSavedModelMetaGraph(folder, "serve"));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Computes what is fetched, and nothing else. Leaves no tensor behind, also when it fails. */
  run(feeds: Feeds, fetches: readonly string[]): Fetched[] {
    const { tf, backend } = loadNative();
    if (this.#closed) throw new Error("this session is closed");
    const names = Object.keys(feeds);
    const inputs = names.map((name) => tensorOf(feeds[name]));
    let outputs: Tensor[] = [];
    try {
      outputs = backend.runSavedModel(
        this.#id,
        inputs,
        names.map((name) => ({ name: `${name}:0` })),
        fetches.map((name) => `${name}:0`),
      );
      return outputs.map((tensor) => ({ shape: tensor.shape, values: tensor.dataSync() as Float32Array | Int32Array }));
    } finally {
      tf.dispose([...inputs, ...outputs]);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    loadNative().backend.deleteSavedModel(this.#id);
  }
}

function tensorOf({ shape, values }: HostArray): Tensor {
  const { tf } = loadNative();
  return tf.tensor(values, [...shape], values instanceof Int32Array ? "int32" : "float32");
}

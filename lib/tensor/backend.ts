import { createRequire } from "node:module";

import { InputError } from "../core/errors.js";
import { unknownName } from "../core/lookup.js";
import type { PlainTf } from "./eager-operations.js";
import { EagerSession, type GraphSession } from "./eager-session.js";
import type { GraphBuilder } from "./graph.js";
import { onOneDnn } from "./onednn.js";
import { productGraph } from "./product-graph.js";
import { Session } from "./session.js";
import { loadNative } from "./tensorflow.js";

/** What can compute a graph, best first. */
export const BACKENDS = ["tensorflow", "wasm", "cpu"] as const;
/** The name of one, as `--backend` and `TOUCHSTONE_BACKEND` take it. */
export type BackendName = (typeof BACKENDS)[number];

/** What computes in this process. */
export interface Backend {
  readonly name: BackendName;
  /** For records: "tensorflow-cpu", "tensorflow-gpu", "wasm" or "cpu". */
  readonly label: string;
  /** Loads a graph. */
  open(graph: GraphBuilder, options?: GraphOptions): GraphSession;
  /** Tensors alive in TensorFlow.js. */
  liveTensors(): number;
}

/** What is known of how a graph will be called. */
export interface GraphOptions {
  /** With few shapes, each of them many times: what prepares for a shape is worth it. */
  readonly fewShapes?: boolean;
}

let chosen: { readonly name: BackendName | undefined; readonly backend: Promise<Backend> } | undefined;

/**
 * The backend of this process, chosen at the first call: the named one, else that of `TOUCHSTONE_BACKEND`, else the best that
 * works here: TensorFlow, WebAssembly, plain JavaScript. Later calls give the same; TensorFlow.js has one for all tensors.
 * @throws InputError for an unknown name, one that does not work here, or another one than the process already computes with
 */
export async function resolveBackend(
  name: string | undefined = process.env["TOUCHSTONE_BACKEND"] || undefined,
): Promise<Backend> {
  const wanted = name === undefined ? undefined : BACKENDS.find((one) => one === name);
  if (name !== undefined && wanted === undefined) throw unknownName("backend", BACKENDS, name);
  if (chosen === undefined) {
    const backend = wanted === undefined ? best() : OPENERS[wanted]();
    chosen = { name: wanted, backend };
    backend.catch(() => (chosen = undefined));
  }
  const backend = await chosen.backend;
  if (wanted === undefined || wanted === backend.name) return backend;
  throw new InputError({
    where: "backend",
    found: wanted,
    expected: `${backend.name}, which this process already computes with`,
    remedy: "restart the kernel, and name the backend before the first answer",
  });
}

async function best(): Promise<Backend> {
  const reasons: string[] = [];
  for (const name of BACKENDS) {
    try {
      return await OPENERS[name]();
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new InputError({ where: "backend", found: reasons.join(" "), expected: "at least one that works" });
}

const OPENERS: Readonly<Record<BackendName, () => Promise<Backend>>> = {
  tensorflow: () =>
    Promise.resolve().then(() => {
      const { tf, backend } = loadNative();
      return {
        name: "tensorflow",
        label: backend.isUsingGpuDevice ? "tensorflow-gpu" : "tensorflow-cpu",
        open: (graph, { fewShapes = false } = {}) =>
          fewShapes && !backend.isUsingGpuDevice && hasOneDnn() ? Session.load(graph, onOneDnn) : Session.load(graph),
        liveTensors: () => tf.memory().numTensors,
      };
    }),
  wasm: () => openPlain("wasm", "@tensorflow/tfjs-backend-wasm"),
  cpu: () => openPlain("cpu", "@tensorflow/tfjs-backend-cpu"),
};

let oneDnnFound: boolean | undefined;

/** Whether this TensorFlow has oneDNN's kernels under the names that we know; found out by a product. */
function hasOneDnn(): boolean {
  return (oneDnnFound ??= tryOneDnn());
}

function tryOneDnn(): boolean {
  const number = (value: number) => ({ shape: [1, 1], values: Float32Array.of(value) });
  let session: Session | undefined;
  try {
    session = Session.load(productGraph(), onOneDnn);
    return session.run({ a: number(2), b: number(3) }, ["product"])[0].values[0] === 6;
  } catch {
    return false;
  } finally {
    session?.close();
  }
}

/** A backend of TensorFlow.js without native code. All of its packages come by `require`: their two module forms are two engines. */
async function openPlain(name: "wasm" | "cpu", packageName: string): Promise<Backend> {
  const require = createRequire(import.meta.url);
  const tf = require("@tensorflow/tfjs-core") as PlainTf;
  tf.enableProdMode();
  require(packageName);
  if (!(await tf.setBackend(name))) {
    throw new InputError({
      where: "backend",
      found: `${name}, which does not start on this machine`,
      expected: `one of ${BACKENDS.join(", ")} that does`,
    });
  }
  await tf.ready();
  return { name, label: name, open: (graph) => new EagerSession(tf, graph), liveTensors: () => tf.memory().numTensors };
}

import { createRequire } from "node:module";
import util from "node:util";

import type * as TensorFlowJs from "@tensorflow/tfjs-node-gpu";

import { InputError } from "../core/errors.js";

/** TensorFlow.js with its native backend, as the rest of `lib/tensor` uses it. */
export type Tf = typeof TensorFlowJs;

/** The parts of tfjs-node's backend that run a SavedModel; it does not publish their types. */
export interface NativeBackend {
  loadSavedModelMetaGraph(folder: string, tags: string): number;
  runSavedModel(
    id: number,
    inputs: readonly TensorFlowJs.Tensor[],
    inputNames: readonly { readonly name: string }[],
    outputNames: readonly string[],
  ): TensorFlowJs.Tensor[];
  deleteSavedModel(id: number): void;
  getNumOfTFTensors(): number;
  readonly isUsingGpuDevice: boolean;
}

/** TensorFlow.js and its native backend. */
export interface Native {
  readonly tf: Tf;
  readonly backend: NativeBackend;
}

let loading: Native | undefined;

/** Loads TensorFlow on first use (0.4–0.7 s). @throws InputError if its addon is not built on this machine */
export function loadNative(): Native {
  loading ??= requireNative();
  return loading;
}

/** TensorFlow.js itself, loaded on first use. @throws InputError if its addon is not built on this machine */
export const loadTensorFlow = (): Tf => loadNative().tf;

function requireNative(): Native {
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2";
  restoreRemovedUtilities();
  const require = createRequire(import.meta.url);
  try {
    const tf = require("@tensorflow/tfjs-node-gpu") as Tf;
    tf.enableProdMode();
    const backend = tf.backend() as unknown as NativeBackend;
    return { tf, backend };
  } catch (error) {
    throw new InputError({
      where: "TensorFlow's native addon",
      found: `an addon that does not load (${error instanceof Error ? error.message.split("\n")[0] : String(error)})`,
      expected: "the addon built on this machine",
      remedy: "run `npm run setup` in Touchstone's folder",
    });
  }
}

/** tfjs-node 4.22 calls two functions that Node removed in version 23. */
function restoreRemovedUtilities(): void {
  const patched = util as unknown as Record<string, unknown>;
  patched["isNullOrUndefined"] ??= (value: unknown) => value === null || value === undefined;
  patched["isArray"] ??= Array.isArray;
}

/** Tensors alive in TensorFlow.js; what a test compares before and after. */
export function liveTensors(): number {
  return loadNative().tf.memory().numTensors;
}

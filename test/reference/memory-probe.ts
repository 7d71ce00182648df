import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

import { loadModel } from "../../lib/model/index.js";
import { Engine } from "../../lib/inference/index.js";
import { loadNative } from "../../lib/tensor/tensorflow.js";

/** Prints, as JSON, the growth of this process by loading a model beside TensorFlow, at its end and at its peak, in f32 sizes. */
const bytes = (field: string): number =>
  1024 * Number(new RegExp(`^${field}:\\s*(\\d+) kB`, "m").exec(readFileSync("/proc/self/status", "utf8"))?.[1]);

const SETTLING = 300;

const { tf } = loadNative();
tf.tidy(() => tf.matMul(tf.ones([64, 64]), tf.ones([64, 64])).dataSync());
const model = await loadModel(process.argv[2]);
const before = bytes("VmRSS");
const engine = await Engine.open({ model, weights: model.weights });
const peak = bytes("VmHWM");
// What was read is garbage by now; when it is collected is chance, and its bytes are given back by another thread some time later.
for (let i = 0; i < 2; i++) {
  globalThis.gc?.();
  await setTimeout(SETTLING);
}
const after = bytes("VmRSS");
const size = 4 * model.parameters;
engine.close();
await model.close();
console.log(JSON.stringify({ loaded: (after - before) / size, loading: (peak - before) / size }));

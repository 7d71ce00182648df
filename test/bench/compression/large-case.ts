import { writeFileSync } from "node:fs";

import { createRandom } from "../../../lib/core/random.js";
import { finish } from "../../../lib/core/progress.js";
import { compress } from "../../../lib/compression/index.js";
import { loadModel } from "../../../lib/model/index.js";

// One variant of a large model, in a process of its own, whose peak memory is the case's. Arguments: FOLDER METHOD SAMPLES LENGTH
// BYTES: of activations in memory at most. Prints one line of JSON.
const [folder, method, samples, length, activationBytes] = process.argv.slice(2);
const model = await loadModel(folder);
const calibration = `${folder}/calibration-${samples}.json`;
const random = createRandom("large");
const sequence = (): number[] => Array.from({ length: Number(length) }, () => random.integer(model.config.vocabulary));
writeFileSync(calibration, JSON.stringify(Array.from({ length: Number(samples) }, sequence)));
const set = method === "rtn" ? {} : { calibration, samples: Number(samples), length: Number(length) };
const started = performance.now();
const variant = await finish(
  compress(model, { method, settings: { bits: 4, group: 128, ...set } }, { activationBytes: Number(activationBytes) }),
);
const seconds = (performance.now() - started) / 1000;
const error = variant.summary.relativeError;
console.log(JSON.stringify({ seconds, peakBytes: process.resourceUsage().maxRSS * 1024, error }));
await model.close();

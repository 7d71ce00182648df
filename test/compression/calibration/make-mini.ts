import { writeFile } from "node:fs/promises";

import { fingerprint } from "../../../lib/core/fingerprint.js";
import { createRandom } from "../../../lib/core/random.js";
import { dataPath } from "../../../lib/formats/data-folder.js";
import { formatJsonLines } from "../../../lib/formats/json-lines.js";
import { Engine, type GenerateRequest } from "../../../lib/inference/index.js";
import { loadModel, type Model } from "../../../lib/model/index.js";
import { BEGINNINGS, QUESTIONS } from "./mini-prompts.js";

/** Tokens of the whole set at least. */
const WANTED = 70_000;
const LONGEST = 400;
/** Answers shorter than this say little. */
const SHORTEST = 48;

interface Text {
  readonly id: string;
  readonly prompt: string;
  readonly seed: number;
  readonly text: string;
}

const requestsOf = (seed: number): { prompt: string; isQuestion: boolean; request: GenerateRequest }[] => {
  const sampling = { kind: "generate", temperature: 1, seed, maxTokens: LONGEST } as const;
  return [
    ...BEGINNINGS.map((text) => ({ prompt: text, isQuestion: false, request: { ...sampling, text } })),
    ...QUESTIONS.map((content) => ({
      prompt: content,
      isQuestion: true,
      request: { ...sampling, messages: [{ role: "user" as const, content }] },
    })),
  ];
};

/** One text a prompt and seed; a beginning stands before its continuation. */
async function textsOf(model: Model, engine: Engine, seed: number): Promise<Text[]> {
  const asked = requestsOf(seed);
  const texts: Text[] = [];
  const requests = asked.map(({ request }) => request);
  for await (const answers of engine.responder(model.weights).answer(requests)) {
    for (const { index, response } of answers) {
      if (response.kind !== "generate" || response.outputTokens < SHORTEST) continue;
      const { prompt, isQuestion } = asked[index];
      const text = isQuestion ? response.text.trim() : `${prompt}${response.text}`;
      texts[index] = { id: `mini-${seed}-${index}`, prompt, seed, text };
    }
  }
  return texts.filter(() => true); // those that were kept, without holes
}

/** `npx tsx test/compression/calibration/make-mini.ts`: makes data/calibration/mini.jsonl and its card anew. */
const model = await loadModel("smollm2");
const engine = await Engine.open({ model, weights: model.weights });
const texts: Text[] = [];
let tokens = 0;
let seeds = 0;
for (; tokens < WANTED; seeds++) {
  const more = await textsOf(model, engine, seeds);
  for (const { text } of more) tokens += model.tokenizer.encode(text).length;
  texts.push(...more);
  console.log(`seed ${seeds}: ${texts.length} texts, ${tokens} tokens`);
}
const shuffled = createRandom("mini").shuffle(texts);
const lines = formatJsonLines(shuffled);
await writeFile(dataPath("calibration", "mini.jsonl"), lines);
const card = {
  name: "mini",
  purpose:
    "Text that needs no network, for methods that look at a calibration set: many kinds of text, so that no single style decides.",
  construction: `Sampled from SmolLM2-135M-Instruct (the Q4_1 GGUF, dequantized to float32) at temperature 1, seeds 0 to ${seeds - 1}, from ${BEGINNINGS.length} beginnings and ${QUESTIONS.length} questions written for Touchstone; at most ${LONGEST} tokens each, those under ${SHORTEST} left out. Remade by test/compression/calibration/make-mini.ts.`,
  model: model.digest,
  licence:
    "Apache-2.0: prompts written for this project, all else the output of an Apache-2.0 model; no text of any other source is in it",
  limits:
    "Mostly English. A model's own text is easier than people's: statistics on it are those of likely text. Facts in it are often wrong. Not comparable with C4.",
  texts: shuffled.length,
  tokens,
  bytes: Buffer.byteLength(lines),
  prompts: fingerprint([...BEGINNINGS, ...QUESTIONS]),
};
await writeFile(dataPath("calibration", "mini.card.json"), `${JSON.stringify(card, null, 2)}\n`);
engine.close();
await model.close();

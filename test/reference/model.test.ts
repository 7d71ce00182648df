import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { cachedEntry, Engine, loadModel, type Model } from "../../lib/index.js";
import { Decoder } from "../../lib/model/index.js";
import { compareChats, compareGreedy, compareTokenizer, largestDifference } from "../parity/model/compare.js";
import { type ModelTruth, readModelTruth } from "../parity/model/ground-truth.js";

const folder = join(import.meta.dirname, "../../../shared/reference/smollm2");
const missing = [
  ...(existsSync(folder) ? [] : ["no ../shared/reference/smollm2"]),
  ...((await cachedEntry("models/smollm2")) === undefined ? ["no model: run `npm run setup`"] : []),
];
const why = missing.length > 0 ? ` (skipped: ${missing.join(", ")})` : "";

/** `npm run parity:model` compares more, and prints it. */
describe.skipIf(missing.length > 0)(`SmolLM2 against transformers on torch${why}`, () => {
  let truth: ModelTruth;
  let model: Model;
  let decoder: Decoder;
  beforeAll(async () => {
    truth = readModelTruth(folder);
    model = await loadModel("smollm2");
    decoder = await Decoder.load(model.config, model.weights);
  });
  afterAll(async () => {
    decoder.close();
    await model.close();
  });

  test("tokenizes and renders chats the same", () => {
    for (const { equal, of } of [compareTokenizer(model, truth), compareChats(model, truth)]) expect(equal).toBe(of);
  });

  test("gives log-probabilities within 2e-3: float32 sums in another order", () =>
    expect(largestDifference(decoder, truth)).toBeLessThan(2e-3));

  test("answers greedily with the same tokens, prompts of unequal length in one batch", async () => {
    const { equal, of } = await compareGreedy({ model, decoder }, truth, true);
    expect(equal).toBe(of);
  });
});

test.skipIf(missing.length > 0)(`a prompt longer than the context is refused before anything is computed${why}`, async () => {
  const model = await loadModel("smollm2");
  const engine = await Engine.open({ model, weights: model.weights });
  const request = {
    kind: "generate",
    messages: [{ role: "user", content: "word ".repeat(9000) }],
    maxTokens: 8,
    temperature: 0,
  } as const;
  await expect(engine.responder(model.weights).answer([request])[Symbol.asyncIterator]().next()).rejects.toThrow(
    /8192 tokens together/,
  );
  engine.close();
  await model.close();
});

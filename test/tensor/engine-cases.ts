import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createRandom } from "../../lib/core/random.js";
import { generate } from "../../lib/inference/generate.js";
import { tokenLogProbabilities } from "../../lib/inference/log-likelihood.js";
import { Decoder } from "../../lib/model/index.js";
import { type Backend, type BackendName, resolveBackend } from "../../lib/tensor/backend.js";
import { naiveLogits, softmax } from "../reference/naive-forward.js";
import { toyModel } from "../toy-model.js";

const model = toyModel({ seed: 3 });
const untied = toyModel({ seed: 4, tiedOutput: false, heads: 6, kvHeads: 2, width: 24 });
const drawTokens = (length: number, seed: number): number[] => {
  const random = createRandom(seed);
  return Array.from({ length }, () => 1 + random.integer(model.config.vocabulary - 1));
};
const greedy = (prompts: readonly (readonly number[])[], maxTokens: number, prefix = 0) => ({
  ...{ prompts, prefix, maxTokens, ends: new Set([0]), temperature: 0 },
  randoms: prompts.map((_, i) => createRandom(i)),
});

/** What the engine promises of a toy model, on every backend alike. */
export function engineCases(name: BackendName): void {
  describe(`the engine on ${name}`, () => {
    let decoder: Decoder;
    let backend: Backend;
    beforeAll(async () => {
      backend = await resolveBackend(name);
      decoder = await Decoder.load(model.config, model.weights);
    });
    afterAll(() => decoder.close());

    test("says what computes", () => expect(decoder.backend.split("-")[0]).toBe(name));

    test.each([
      ["tied output, 2 query heads a key head", model],
      ["own output matrix, 3 query heads a key head", untied],
    ])("%s: logits at every position agree with float64 to 1e-4", async (_, some) => {
      const own = await Decoder.load(some.config, some.weights);
      const tokens = drawTokens(9, 1);
      const truth = (await naiveLogits(some, tokens)).flat();
      const ours = own.logits(tokens);
      own.close();
      expect(Math.max(...truth.map((logit, i) => Math.abs(logit - ours[i])))).toBeLessThan(1e-4);
    });

    test("log-probabilities of a text longer than one call agree with float64 to 1e-4", async () => {
      const tokens = drawTokens(150, 2);
      const logits = await naiveLogits(model, tokens);
      const truth = tokens.slice(1).map((token, i) => Math.log(softmax(logits[i])[token]));
      const ours = await tokenLogProbabilities(decoder, tokens);
      expect(Math.max(...truth.map((value, i) => Math.abs(value - ours[i])))).toBeLessThan(1e-4);
    });

    test("greedy answers longer than two tails follow the largest logit at each step", async () => {
      decoder.dropPrefix();
      const prompts = [drawTokens(5, 3), drawTokens(11, 4)];
      const answers = await generate(decoder, greedy(prompts, 70));
      for (const [i, { tokens }] of answers.entries()) {
        expect(tokens.length).toBeGreaterThan(0);
        const logits = await naiveLogits(model, [...prompts[i], ...tokens]);
        tokens.forEach((token, at) => {
          const row = logits[prompts[i].length - 1 + at];
          expect(Math.max(...row) - row[token]).toBeLessThan(1e-3);
        });
      }
    });

    test("alone, in a batch, and behind a shared prefix the greedy tokens are the same", async () => {
      const start = drawTokens(20, 5);
      const tails = Array.from({ length: 6 }, (_, i) => drawTokens(1 + (i % 5), 10 + i));
      const prompts = tails.map((tail) => [...start, ...tail]);
      decoder.dropPrefix();
      const batched = await generate(decoder, greedy(prompts, 12));
      const alone = [];
      for (const prompt of prompts) alone.push(...(await generate(decoder, greedy([prompt], 12))));
      decoder.extendPrefix(start);
      const shared = await generate(decoder, greedy(tails, 12, start.length));
      expect(alone).toEqual(batched);
      expect(shared).toEqual(batched);
    });

    test("no tensor stays behind after answers, scores and a failed call; none at all after close", async () => {
      decoder.dropPrefix();
      await generate(decoder, greedy([drawTokens(4, 6)], 5));
      await tokenLogProbabilities(decoder, drawTokens(30, 7));
      const before = backend.liveTensors();
      decoder.dropPrefix();
      await generate(decoder, greedy([drawTokens(4, 6)], 5));
      await tokenLogProbabilities(decoder, drawTokens(30, 7));
      expect(() =>
        decoder.step({ tokens: Int32Array.of(1), positions: Int32Array.of(0), mask: new Float32Array(3), slot: 0 }),
      ).toThrow();
      expect(() => decoder.logits([1, model.config.vocabulary])).toThrow(/index|indices/);
      expect(backend.liveTensors()).toBe(before);
      const open = backend.liveTensors();
      const own = await Decoder.load(model.config, model.weights);
      own.logits([1, 2, 3]);
      own.close();
      expect(backend.liveTensors()).toBe(open);
    });
  });
}

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { InterruptedError } from "../../lib/core/errors.js";
import { createRandom } from "../../lib/core/random.js";
import { Engine, type Request, type Response } from "../../lib/inference/index.js";
import { generate } from "../../lib/inference/generate.js";
import { tokenLogProbabilities } from "../../lib/inference/log-likelihood.js";
import { Decoder, overlay, restored } from "../../lib/model/index.js";
import { engineCases } from "../tensor/engine-cases.js";
import { toyModel } from "../toy-model.js";

const model = toyModel({ seed: 3 });
const drawTokens = (length: number, seed: number): number[] => {
  const random = createRandom(seed);
  return Array.from({ length }, () => 1 + random.integer(model.config.vocabulary - 1));
};
const greedy = (prompts: readonly (readonly number[])[], maxTokens: number, prefix = 0) => ({
  ...{ prompts, prefix, maxTokens, ends: new Set([0]), temperature: 0 },
  randoms: prompts.map((_, i) => createRandom(i)),
});

let decoder: Decoder;
beforeAll(async () => {
  decoder = await Decoder.load(model.config, model.weights);
});
afterAll(() => decoder.close());

engineCases("tensorflow");

describe("answers do not depend on how they are asked", () => {
  test("drawn answers depend on their seed only, not on their neighbours", async () => {
    const engine = await Engine.open({ model, weights: model.weights });
    const request = (seed: number): Request => ({
      ...{ kind: "generate", maxTokens: 10, temperature: 1, seed },
      messages: [{ role: "user", content: `number ${seed}` }],
    });
    const ask = async (requests: Request[]): Promise<Response[]> => {
      const responses: Response[] = [];
      for await (const answers of engine.responder(model.weights).answer(requests))
        for (const { index, response } of answers) responses[index] = response;
      return responses;
    };
    const texts = (responses: Response[]): string[] =>
      responses.map((response) => (response.kind === "generate" ? response.text : ""));
    const together = texts(await ask([1, 2, 3, 4].map(request)));
    const apart = [...texts(await ask([request(1)])), ...texts(await ask([request(2)]))];
    engine.close();
    expect(together.slice(0, 2)).toEqual(apart);
    expect(new Set(together).size).toBe(4);
  });
});

test("a prefix that grows while it is read gives the same log-probabilities, 400 times over", async () => {
  const tokens = drawTokens(60, 20);
  const truth = await tokenLogProbabilities(decoder, tokens);
  for (let round = 0; round < 400; round++) {
    decoder.dropPrefix();
    for (let from = 0; from < 50; from += 10) decoder.extendPrefix(tokens.slice(from, from + 10));
    const rows = Int32Array.from({ length: 9 }, (_, i) => i);
    const scores = decoder.score([tokens.slice(50, 59)], { rows, targets: Int32Array.from(tokens.slice(51)), extend: true });
    scores.forEach((score, i) => expect(Math.abs(score - truth[50 + i])).toBeLessThan(1e-4));
  }
});

describe("what an interrupt and other weights leave", () => {
  test("an interrupted answer ends between two steps, and the decoder goes on", async () => {
    const stop = new AbortController();
    stop.abort();
    decoder.dropPrefix();
    await expect(generate(decoder, { ...greedy([drawTokens(4, 8)], 5), signal: stop.signal })).rejects.toThrow(InterruptedError);
    expect(await generate(decoder, greedy([drawTokens(4, 8)], 5))).toHaveLength(1);
  });

  test("other weights change the answers, and the first ones bring them back", async () => {
    const own = await Decoder.load(model.config, model.weights);
    const tokens = drawTokens(8, 9);
    const before = await tokenLogProbabilities(own, tokens);
    const zero = async (name: string): Promise<Float32Array> => new Float32Array((await model.weights.read(name)).length);
    await own.use(overlay(model.weights, new Set(["blocks.1.down"]), zero));
    const changed = await tokenLogProbabilities(own, tokens);
    await own.use(model.weights);
    const after = await tokenLogProbabilities(own, tokens);
    own.close();
    expect(changed).not.toEqual(before);
    expect(after).toEqual(before);
  });

  test("of other weights only the variables are sent that hold other numbers, also after an end in the middle", async () => {
    const own = await Decoder.load(model.config, model.weights);
    const tokens = drawTokens(8, 10);
    const before = await tokenLogProbabilities(own, tokens);
    const read: string[] = [];
    const halved = async (name: string): Promise<Float32Array> => {
      read.push(name);
      return (await model.weights.read(name)).map((value) => value / 2);
    };
    const all = new Set(model.weights.names.filter((name) => name.startsWith("blocks.")));
    const compressed = overlay(model.weights, all, halved);
    const failing = overlay(model.weights, new Set(["blocks.0.q", "blocks.1.down"]), () => Promise.reject(new Error("torn")));
    await own.use(compressed);
    expect(new Set(read)).toEqual(all);
    read.length = 0;
    await expect(own.use(failing)).rejects.toThrow("torn");
    await expect(tokenLogProbabilities(own, tokens)).rejects.toThrow("incomplete");
    await own.use(restored(compressed, model.weights, { kind: "blocks", blocks: [0] }));
    expect(read).toEqual([]); // block 1 stands there already
    const partly = await tokenLogProbabilities(own, tokens);
    await own.use(restored(model.weights, compressed, { kind: "blocks", blocks: [1] }));
    expect(await tokenLogProbabilities(own, tokens)).toEqual(partly); // of two blocks: the same numbers
    await own.use(model.weights);
    expect(await tokenLogProbabilities(own, tokens)).toEqual(before);
    const fresh = await Decoder.load(model.config, restored(compressed, model.weights, { kind: "blocks", blocks: [0] }));
    expect(await tokenLogProbabilities(fresh, tokens)).toEqual(partly);
    expect(partly).not.toEqual(before);
    fresh.close();
    own.close();
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { InputError, InterruptedError } from "../../lib/core/errors.js";
import { createRandom } from "../../lib/core/random.js";
import { generateAll } from "../../lib/inference/generate.js";
import { Engine, type Request, type Response } from "../../lib/inference/index.js";
import { Decoder } from "../../lib/model/index.js";
import { liveTensors } from "../../lib/tensor/tensorflow.js";
import { toyModel } from "../toy-model.js";
import { naiveLogits, softmax } from "./naive-forward.js";

const model = toyModel({ seed: 5 });
const draw = (length: number, seed: number): number[] => {
  const random = createRandom(seed);
  return Array.from({ length }, () => 1 + random.integer(model.config.vocabulary - 1));
};

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.open({ model, weights: model.weights });
});
afterAll(() => engine.close());

async function ask(requests: readonly Request[]): Promise<Response[]> {
  const responses: Response[] = [];
  for await (const answers of engine.responder(model.weights).answer(requests))
    for (const { index, response } of answers) {
      expect(responses[index]).toBeUndefined();
      responses[index] = response;
    }
  return responses;
}

const textOf = (response: Response): string => (response.kind === "generate" ? response.text : response.kind);

/** In float64: the log-probabilities of the tokens from a position on. */
async function truth(tokens: readonly number[], from: number): Promise<number[]> {
  const logits = await naiveLogits(model, tokens);
  return tokens.slice(from).map((token, i) => Math.log(softmax(logits[from - 1 + i])[token]));
}

describe("given continuations", () => {
  test("of different lengths, some behind a shared start, each have the log-probabilities of the textbook", async () => {
    const start = draw(60, 1);
    const prompts = [
      draw(5, 2),
      [...start, ...draw(7, 3)],
      [...start, ...draw(3, 4)],
      draw(30, 5),
      [...start, ...draw(9, 6)],
      draw(1, 7),
    ];
    const continuations = prompts.map((_, i) => draw(1 + 3 * i, 20 + i));
    const responses = await ask(prompts.map((tokens, i) => ({ kind: "continuation", tokens, continuation: continuations[i] })));
    for (const [i, response] of responses.entries()) {
      if (response.kind !== "continuation") throw new Error("another answer was expected");
      const expected = await truth([...prompts[i], ...continuations[i]], prompts[i].length);
      expect(response.logProbabilities).toHaveLength(expected.length);
      expected.forEach((value, at) => expect(response.logProbabilities[at]).toBeCloseTo(value, 4));
    }
  });

  test("a choice is the option with the largest sum of them", async () => {
    const options = ["yes", "no", "perhaps so"];
    const [choice, ...each] = await ask([
      { kind: "choose", text: "is it?", options },
      ...options.map((continuation): Request => ({ kind: "continuation", text: "is it?", continuation })),
    ]);
    if (choice.kind !== "choose") throw new Error("a choice was expected");
    const sums = each.map((response) =>
      response.kind === "continuation" ? response.logProbabilities.reduce((sum, value) => sum + value, 0) : NaN,
    );
    choice.logProbabilities.forEach((values, i) => expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(sums[i], 4));
    expect(choice.chosen).toBe(sums.indexOf(Math.max(...sums)));
  });

  test.each([
    ["a continuation of no token", { kind: "continuation", tokens: [1, 2], continuation: [] }],
    ["a prompt of no token", { kind: "continuation", tokens: [], continuation: [1] }],
    ["more than the context holds", { kind: "continuation", tokens: draw(256, 1), continuation: [1] }],
    ["a choice among nothing", { kind: "choose", text: "a", options: [] }],
  ] satisfies [string, Request][])("%s is refused", async (_, request) => {
    await expect(ask([request])).rejects.toThrow(InputError);
  });
});

describe("generations", () => {
  const generation = (seed: number, rest: Partial<Extract<Request, { kind: "generate" }>> = {}): Request => ({
    ...{ kind: "generate", tokens: draw(3 + (seed % 9), seed), maxTokens: 12, temperature: 0 },
    ...rest,
  });

  test("few at once, each finished one replaced by a waiting one, give the answers of each alone", async () => {
    const prompts = Array.from({ length: 23 }, (_, i) => draw(2 + ((5 * i) % 17), 100 + i));
    const tasks = prompts.map((prompt, i) => ({ prompt, maxTokens: 3 + ((7 * i) % 40), ends: new Set([0, 9, 33]) }));
    const decoder = await Decoder.load(model.config, model.weights);
    const run = async (some: typeof tasks, sequences: number, positions: number): Promise<(readonly number[])[]> => {
      const answers: (readonly number[])[] = [];
      for await (const finished of generateAll(decoder, some, { prefix: 0, limits: { sequences, positions } }))
        for (const { task, tokens } of finished) answers[task] = tokens;
      return answers;
    };
    const alone: (readonly number[])[] = [];
    for (const task of tasks) alone.push(...(await run([task], 1, Infinity)));
    expect(await run(tasks, 4, Infinity)).toEqual(alone);
    expect(await run(tasks, 64, 120)).toEqual(alone);
    expect(await run(tasks, 64, Infinity)).toEqual(alone);
    decoder.close();
  });

  test("with settings of their own in one call, each is what it is alone", async () => {
    const requests = [
      generation(1),
      generation(2, { temperature: 1, seed: 4 }),
      generation(3, { temperature: 1.5, seed: 4, topK: 5 }),
      generation(4, { temperature: 1, seed: 8, topP: 0.6, maxTokens: 30 }),
      generation(5, { repetitionPenalty: 1.4, maxTokens: 20 }),
    ];
    const together = (await ask(requests)).map(textOf);
    const alone: string[] = [];
    for (const request of requests) alone.push(...(await ask([request])).map(textOf));
    expect(together).toEqual(alone);
  });

  test("a repetition penalty counts the prompt that is shared with others", async () => {
    const start = draw(150, 9);
    const requests = [10, 11, 12].map((seed) => generation(seed, { tokens: [...start, ...draw(4, seed)], repetitionPenalty: 2 }));
    const together = (await ask(requests)).map(textOf);
    const alone: string[] = [];
    for (const request of requests) alone.push(...(await ask([request])).map(textOf));
    expect(together).toEqual(alone);
  });

  test("n samples are n seeds: different ones differ, equal ones are equal", async () => {
    const seeds = [1, 2, 3, 1];
    const texts = (await ask(seeds.map((seed) => generation(7, { temperature: 1, seed })))).map(textOf);
    expect(texts[3]).toBe(texts[0]);
    expect(new Set(texts).size).toBe(3);
  });

  test("an answer ends before a stop text, and says so", async () => {
    const [whole] = await ask([generation(3)]);
    const tokens: readonly string[] = textOf(whole).match(/<\d+>/g) ?? [];
    const stop = tokens[4];
    const [cut] = await ask([generation(3, { stop: ["never there", stop] })]);
    expect(cut).toMatchObject({ finish: "end", stop });
    expect(textOf(cut)).toBe(tokens.slice(0, tokens.indexOf(stop)).join(""));
  });

  test("a prompt beyond the context is refused, or loses the tokens after its first one and says how many", async () => {
    const long = draw(300, 12);
    await expect(ask([generation(1, { tokens: long })])).rejects.toThrow("context");
    const [kept] = await ask([generation(1, { tokens: long, tooLong: "keep-end" })]);
    expect(kept).toMatchObject({ dropped: 300 + 12 - 256, promptTokens: 256 - 12 });
    const [same] = await ask([generation(1, { tokens: [long[0], ...long.slice(1 + 56)] })]);
    expect(textOf(kept)).toBe(textOf(same));
  });

  test("a setting out of its range is refused before anything is computed", async () => {
    await expect(ask([generation(1), generation(2, { topP: 2 })])).rejects.toThrow("topP of request 2");
  });
});

test("an interrupt ends continuations between two calls", async () => {
  const stop = new AbortController();
  const rows = Array.from({ length: 40 }, (_, i): Request => ({ kind: "continuation", tokens: draw(100, i), continuation: [1] }));
  const answers = engine.responder(model.weights).answer(rows, { signal: stop.signal });
  await expect(
    (async () => {
      for await (const batch of answers) if (batch.length > 0) stop.abort();
    })(),
  ).rejects.toThrow(InterruptedError);
});

test("1,000 generations leave as many tensors as there were", async () => {
  await ask([{ kind: "generate", tokens: [1], maxTokens: 2, temperature: 0 }]);
  const before = liveTensors();
  await ask(
    Array.from({ length: 1000 }, (_, i): Request => ({
      kind: "generate",
      tokens: draw(1 + (i % 7), i),
      maxTokens: 3,
      temperature: i % 2,
    })),
  );
  expect(liveTensors()).toBe(before);
});

test("bf16 rounds: the logits differ, by less than 2 % of their size", async () => {
  const [exact, rounded] = [
    await Decoder.load(model.config, model.weights),
    await Decoder.load(model.config, model.weights, { precision: "bf16" }),
  ];
  const tokens = draw(40, 3);
  const [a, b] = [exact.logits(tokens), rounded.logits(tokens)];
  exact.close();
  rounded.close();
  const square = (values: Float32Array): number => values.reduce((sum, value) => sum + value * value, 0);
  const error = Math.sqrt(square(a.map((value, i) => value - b[i])) / square(a));
  expect(error).toBeGreaterThan(1e-5);
  expect(error).toBeLessThan(0.02);
});

import { describe, expect, test } from "vitest";

import { InputError } from "../../lib/core/errors.js";
import { createRandom } from "../../lib/core/random.js";
import { batchLimits } from "../../lib/inference/limits.js";
import { checkPrecision, type Machine } from "../../lib/inference/precision.js";
import { prefixGroups } from "../../lib/inference/prefix-groups.js";
import { checkSampling, chooser } from "../../lib/inference/sampling.js";
import { hasBfloat16 } from "../../lib/tensor/processor.js";
import { toyModel } from "../toy-model.js";

const LOGITS = [0, 3, 1, 2];

/** Which tokens are ever drawn in 400 draws. */
function drawn(settings: Parameters<typeof chooser>[0], seen: readonly number[] = []): number[] {
  const choose = chooser(settings, createRandom(1));
  return [...new Set(Array.from({ length: 400 }, () => choose?.(Float32Array.from(LOGITS), seen) ?? NaN))].sort((a, b) => a - b);
}

describe("the choice of a token", () => {
  test("needs no logits where the largest is taken as it is", () =>
    expect(chooser({ temperature: 0 }, createRandom(0))).toBeUndefined());

  test.each([
    ["all tokens without limits", { temperature: 5 }, [0, 1, 2, 3]],
    ["the two likeliest with topK 2", { temperature: 5, topK: 2 }, [1, 3]],
    ["only the likeliest with topK 1", { temperature: 5, topK: 1 }, [1]],
    // softmax of (3, 2, 1, 0) is 0.64, 0.24, 0.09, 0.03
    ["the fewest that hold p", { temperature: 1, topP: 0.7 }, [1, 3]],
    ["the likeliest where it alone holds p", { temperature: 1, topP: 0.5 }, [1]],
    ["topP within topK", { temperature: 1, topK: 3, topP: 1 }, [1, 2, 3]],
  ])("draws %s", (_, settings, tokens) => expect(drawn(settings)).toEqual(tokens));

  test("a penalty divides positive logits of seen tokens and multiplies negative ones", () => {
    const choose = chooser({ temperature: 0, repetitionPenalty: 2 }, createRandom(0));
    const logits = Float32Array.of(3, 2, -1, -1.5);
    expect(choose?.(logits, [0, 2])).toBe(1);
    expect([...logits]).toEqual([1.5, 2, -2, -1.5]);
  });

  test("a token seen twice is penalized once", () => {
    const logits = Float32Array.of(8, 1);
    chooser({ temperature: 0, repetitionPenalty: 2 }, createRandom(0))?.(logits, [0, 0, 0]);
    expect(logits[0]).toBe(4);
  });

  test.each([
    [{ temperature: -1 }, "temperature"],
    [{ temperature: NaN }, "temperature"],
    [{ temperature: 1, topK: 0 }, "topK"],
    [{ temperature: 1, topK: 1.5 }, "topK"],
    [{ temperature: 1, topP: 0 }, "topP"],
    [{ temperature: 1, topP: 1.1 }, "topP"],
    [{ temperature: 1, repetitionPenalty: 0 }, "repetitionPenalty"],
  ])("%j is refused by the name of %s", (settings, name) => {
    expect(() => checkSampling(settings, 0)).toThrow(InputError);
    expect(() => checkSampling(settings, 0)).toThrow(name);
  });
});

describe("groups by shared starts", () => {
  const row = (start: number, length: number, end: number): number[] => [
    ...Array.from({ length }, (_, i) => start * 1000 + i),
    end,
    end + 1,
  ];

  test("two few-shot prompts among the rows are two groups, each with its own start", () => {
    const rows = [row(1, 100, 7), row(2, 200, 8), row(1, 100, 9), row(2, 200, 10), row(2, 200, 11)];
    const groups = prefixGroups(rows);
    expect(groups.map(({ prefix }) => prefix).sort((a, b) => a - b)).toEqual([0, 200]);
    expect(groups.flatMap(({ members }) => members).sort()).toEqual([0, 1, 2, 3, 4]);
  });

  test("a start is worth a call of its own only if it saves enough tokens", () => {
    expect(prefixGroups([row(1, 100, 7), row(1, 100, 9)])).toEqual([{ members: [0, 1], prefix: 0 }]);
    expect(prefixGroups([row(1, 200, 7), row(1, 200, 9)])).toEqual([{ members: [0, 1], prefix: 200 }]);
  });

  test("no row is no group, and one row has no start to share", () => {
    expect(prefixGroups([])).toEqual([]);
    expect(prefixGroups([row(1, 500, 2)])).toEqual([{ members: [0], prefix: 0 }]);
  });
});

describe("what a machine allows", () => {
  const { config } = toyModel({ seed: 1 });

  test("more memory holds more positions, between a least and a most", () => {
    const positions = (memory: number): number =>
      batchLimits({ ...config, blocks: 30, kvHeads: 3, headWidth: 64 }, memory).positions;
    expect(positions(0)).toBe(2_048);
    expect(positions(8e9)).toBe(Math.floor(2e9 / (4 * 2 * 30 * 3 * 64 * 3)));
    expect(positions(1e15)).toBe(262_144);
  });

  test("bf16 is refused by the processor's name where it is not multiplied", () => {
    const on = (processor: { name: string; hasBfloat16: boolean }): Machine => ({ backend: "tensorflow-cpu", processor });
    expect(() => checkPrecision("bf16", on({ name: "AMD EPYC", hasBfloat16: false }))).toThrow("AMD EPYC");
    expect(() => checkPrecision("bf16", on({ name: "Xeon", hasBfloat16: true }))).not.toThrow();
    expect(() => checkPrecision("f32", on({ name: "any", hasBfloat16: false }))).not.toThrow();
  });

  test("bf16 is refused by the backend's name where it has no such type, and a GPU's does not ask the processor", () => {
    const processor = { name: "AMD EPYC", hasBfloat16: false };
    expect(() => checkPrecision("bf16", { backend: "wasm", processor: { ...processor, hasBfloat16: true } })).toThrow(/wasm/);
    expect(() => checkPrecision("bf16", { backend: "tensorflow-gpu", processor })).not.toThrow();
  });

  test.each([
    ["processor : 0\nflags\t\t: fpu sse avx512_bf16 avx2\n", true],
    ["flags : fpu amx_bf16\n", true],
    ["flags : fpu avx2 avx512f\n", false],
    ["", false],
  ])("the flags %j tell whether bfloat16 is multiplied: %s", (text, has) => expect(hasBfloat16(text)).toBe(has));
});

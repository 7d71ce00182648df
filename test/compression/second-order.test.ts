import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";

import { pruneBySparseGpt } from "../../lib/compression/pruning/sparsegpt.js";
import { pruneByMagnitude } from "../../lib/compression/pruning/magnitude.js";
import { gptq, quantizeByGptq } from "../../lib/compression/quantization/gptq.js";
import type { GptqSettings } from "../../lib/compression/quantization/gptq.js";
import { minMaxGrid, quantizeInto } from "../../lib/compression/quantization/grid.js";
import { prepareHessian } from "../../lib/compression/second-order/hessian.js";
import type { PreparedHessian } from "../../lib/compression/second-order/hessian.js";
import { restore } from "../../lib/compression/stored-matrix.js";
import type { WeightMatrix } from "../../lib/compression/stored-matrix.js";
import { createRandom } from "../../lib/core/random.js";
import { InputError } from "../../lib/core/errors.js";
import { statisticsOf } from "./toy-inputs.js";
import { toyConfig } from "./toy-weights.js";

vi.stubEnv("TOUCHSTONE_BACKEND", "cpu"); // plain loops: no native code here

const WIDTH = 160; // a block of 128 columns and a part of one
const ROWS = 6; // not a multiple of 4
const identity = {
  width: WIDTH,
  tokens: 1,
  meanSquares: new Float32Array(WIDTH),
  hessian: Float32Array.from({ length: WIDTH * WIDTH }, (_, i) => (i % (WIDTH + 1) === 0 ? 1 : 0)),
};
const statistics = statisticsOf(WIDTH, 400, "inputs");

const seeds = fc.integer({ min: 1, max: 10_000 });
const settings = fc.record({
  bits: fc.constantFrom(2, 3, 4, 5, 8),
  group: fc.constantFrom(32, 48, 64, 128, "channel" as const),
  symmetric: fc.boolean(),
  actOrder: fc.boolean(),
  staticGroups: fc.boolean(),
  damp: fc.constant(0.01),
});
const few = { numRuns: 12 };

function weightOf(seed: number, rows = ROWS): WeightMatrix {
  const random = createRandom(seed);
  return { rows, cols: WIDTH, values: Float32Array.from({ length: rows * WIDTH }, () => random.normal()) };
}

async function byGptq(weight: WeightMatrix, given: GptqSettings, inputs = statistics) {
  const hessian = await prepareHessian(inputs, given, "blocks.0.q");
  return { hessian, ...(await quantizeByGptq(weight, hessian, given)) };
}

const plain: GptqSettings = { bits: 3, group: "channel", symmetric: false, actOrder: false, staticGroups: false, damp: 0.01 };

/** tr((W′ − W) H (W′ − W)ᵀ), with as much on the diagonal as GPTQ had. */
function objective(weight: WeightMatrix, after: Float32Array, damp: number): number {
  const { hessian, width } = statistics;
  let trace = 0;
  for (let i = 0; i < width; i++) trace += hessian[i * width + i];
  let total = 0;
  for (let row = 0; row < weight.rows; row++) {
    const error = Array.from({ length: width }, (_, i) => after[row * width + i] - weight.values[row * width + i]);
    for (let i = 0; i < width; i++) {
      for (let j = 0; j < width; j++) total += error[i] * error[j] * hessian[i * width + j];
      total += error[i] * error[i] * ((damp * trace) / width);
    }
  }
  return total;
}

const sumOfSquares = (values: Float32Array): number => values.reduce((sum, value) => sum + value * value, 0);

/** On the grid of each group of the weights as they are. */
function nearest({ rows, cols, values }: WeightMatrix, { bits, group, symmetric }: GptqSettings): Uint8Array {
  const size = typeof group === "number" ? group : cols;
  const codes = new Uint8Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let start = 0; start < cols; start += size) {
      const span = { values, start: row * cols + start, end: row * cols + Math.min(start + size, cols) };
      quantizeInto(codes, span, { ...minMaxGrid(span, bits, symmetric), bits });
    }
  }
  return codes;
}

describe("GPTQ", () => {
  test("of inputs that are not correlated is rounding to the nearest point of the grid, whatever the groups", async () => {
    await fc.assert(
      fc.asyncProperty(seeds, settings, async (seed, given) => {
        const weight = weightOf(seed);
        const kept = { ...given, staticGroups: given.group !== "channel" && (given.staticGroups || given.actOrder) };
        const { stored } = await byGptq(weight, kept, identity);
        expect(stored.codes).toEqual(nearest(weight, kept));
      }),
      few,
    );
  });

  test("has at most 2^bits levels a group, and 0 is one of them", async () => {
    await fc.assert(
      fc.asyncProperty(seeds, settings, async (seed, given) => {
        const { stored } = await byGptq(weightOf(seed), {
          ...given,
          staticGroups: given.staticGroups && given.group !== "channel",
        });
        const levels = new Map<string, Set<number>>();
        restore(stored, new Float32Array(0)).forEach((value, i) => {
          const input = i % WIDTH;
          const key = `${Math.floor(i / WIDTH)} ${stored.groupIndex?.[input] ?? Math.floor(input / stored.group)}`;
          levels.set(key, (levels.get(key) ?? new Set<number>()).add(value));
        });
        expect(levels.size).toBe(ROWS * Math.ceil(WIDTH / stored.group));
        for (const values of levels.values()) expect(values.size).toBeLessThanOrEqual(2 ** given.bits);
        for (const zero of stored.zeros) expect(zero).toBeLessThan(2 ** given.bits);
      }),
      few,
    );
  });

  test("passes on errors whose squares sum up to the layer's objective: no error is lost or counted twice", async () => {
    await fc.assert(
      fc.asyncProperty(seeds, settings, async (seed, given) => {
        const weight = weightOf(seed);
        const { stored, errors } = await byGptq(weight, { ...given, staticGroups: false });
        const expected = objective(weight, restore(stored, weight.values), given.damp);
        expect(Math.abs(sumOfSquares(errors) / expected - 1)).toBeLessThan(1e-3);
      }),
      few,
    );
  });

  test("leaves a smaller layer error than rounding on the same grid; a greedy walk doesn't promise it, correlated inputs give it", async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.constantFrom(2, 3, 4, 6), fc.boolean(), async (seed, bits, symmetric) => {
        const weight = weightOf(seed, 12);
        const given = { ...plain, bits, symmetric };
        const { stored } = await byGptq(weight, given);
        const rounded = { ...stored, codes: nearest(weight, given) };
        const [ours, theirs] = [stored, rounded].map((each) => objective(weight, restore(each, weight.values), 0));
        expect(ours).toBeLessThan(theirs);
      }),
      few,
    );
  });

  test("does each output by itself, and the same each time", async () => {
    const weight = weightOf(5, 7);
    const whole = (await byGptq(weight, plain)).stored;
    const part = { rows: 2, cols: WIDTH, values: weight.values.slice(3 * WIDTH, 5 * WIDTH) };
    expect((await byGptq(part, plain)).stored.codes).toEqual(whole.codes.slice(3 * WIDTH, 5 * WIDTH));
    expect((await byGptq(weight, plain)).stored).toEqual(whole);
  });

  test("hardly minds in which order the tokens came: sums of another order decide ties only", async () => {
    const weight = weightOf(9, 16);
    const [one, other] = [false, true].map((shuffle) => statisticsOf(WIDTH, 400, "inputs", { shuffle }));
    const codes = await Promise.all([one, other].map(async (inputs) => (await byGptq(weight, plain, inputs)).stored.codes));
    expect(codes[0].filter((code, i) => code === codes[1][i]).length / codes[0].length).toBeGreaterThan(0.99);
  });

  test("makes 0 of the weights of dead inputs, and others as if those had never been", async () => {
    const dead = 5;
    const weight = weightOf(3);
    const inputs = statisticsOf(WIDTH, 300, "dead", { dead });
    const { stored, hessian } = await byGptq(weight, { ...plain, group: 40 }, inputs);
    expect([...hessian.dead.subarray(0, 7)]).toEqual([1, 1, 1, 1, 1, 0, 0]);
    const after = restore(stored, weight.values);
    const spoilt = { ...weight, values: weight.values.map((value, i) => (i % WIDTH < dead ? 1e3 : value)) };
    for (let row = 0; row < ROWS; row++)
      expect(Math.max(...after.subarray(row * WIDTH, row * WIDTH + dead).map(Math.abs))).toBe(0);
    expect(restore((await byGptq(spoilt, { ...plain, group: 40 }, inputs)).stored, weight.values)).toEqual(after);
  });
});

describe("SparseGPT", () => {
  const zeros = (values: Float32Array, from: number, to: number): number =>
    values.subarray(from, to).filter((value) => value === 0).length;

  test.each(["2:4", "4:8", "1:4", "3:5"])("%s holds everywhere, also where m doesn't divide the block", async (pattern) => {
    const [keep, of] = pattern.split(":").map(Number);
    const weight = weightOf(11);
    const { stored } = await pruneBySparseGpt(weight, await hessianOf(), { pattern, bits: null });
    const after = restore(stored, weight.values);
    for (let start = 0; start < after.length; start += of) expect(zeros(after, start, start + of)).toBe(of - keep);
  });

  test("of inputs that are not correlated takes the smallest weights of each block of columns and changes none", async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const weight = weightOf(seed);
        const hessian = await prepareHessian(identity, { damp: 0.01, actOrder: false }, "blocks.0.q");
        const after = restore((await pruneBySparseGpt(weight, hessian, { pattern: "50%", bits: null })).stored, weight.values);
        for (const [first, end] of [
          [0, 128],
          [128, WIDTH],
        ]) {
          const block = columnsOf(weight, first, end);
          const expected = restore(pruneByMagnitude(block, { pattern: "50%" }), block.values);
          expect(columnsOf({ ...weight, values: after }, first, end).values).toEqual(expected);
        }
      }),
      few,
    );
  });

  test("passes on errors whose squares sum up to the layer's objective, also with quantization", async () => {
    for (const bits of [null, 4]) {
      const weight = weightOf(21);
      const { stored, errors } = await pruneBySparseGpt(weight, await hessianOf(), { pattern: "50%", bits });
      const after = restore(stored, weight.values);
      expect(Math.abs(sumOfSquares(errors) / objective(weight, after, 0.01) - 1)).toBeLessThan(1e-3);
      expect(zeros(after, 0, after.length)).toBeGreaterThanOrEqual(after.length / 2);
    }
  });
});

describe("a Hessian", () => {
  test("that is not positive definite is damped tenfold until it is, and that is said", async () => {
    const hessian = Float32Array.from(identity.hessian, (value, i) =>
      value === 1 ? 1 : i % WIDTH === 0 || i < WIDTH ? 0.085 : 0,
    );
    const { notes } = await prepareHessian({ ...identity, hessian }, { damp: 0.001, actOrder: false }, "blocks.3.down");
    expect(notes).toEqual(["blocks.3.down: damping was raised from 0.001 to 0.1"]);
  });

  test.each([
    ["NaN", NaN, "not finite"],
    ["no damping that helps", -1e9, "not positive definite"],
  ])("with %s names the layer", async (_what, value, found) => {
    const hessian = identity.hessian.slice();
    hessian[3 * WIDTH + 3] = value;
    const attempt = prepareHessian({ ...identity, hessian }, { damp: 0.01, actOrder: false }, "blocks.3.down");
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow(new RegExp(`blocks\\.3\\.down.*${found}`));
  });

  test.each([-0.1, 2, NaN])("is not damped by %d", (damp) => {
    expect(() => gptq.complete({ ...plain, damp }, toyConfig)).toThrow(/damp/);
  });
});

const hessianOf = (): Promise<PreparedHessian> => prepareHessian(statistics, { damp: 0.01, actOrder: false }, "blocks.0.q");

function columnsOf({ rows, cols, values }: WeightMatrix, first: number, end: number): WeightMatrix {
  const parts = Array.from({ length: rows }, (_, row) => [...values.subarray(row * cols + first, row * cols + end)]);
  return { rows, cols: end - first, values: Float32Array.from(parts.flat()) };
}

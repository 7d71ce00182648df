import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { InputError } from "../../lib/core/errors.js";
import { planRecipe } from "../../lib/compression/index.js";
import { clipGroups, searchClip } from "../../lib/compression/quantization/awq-clip.js";
import { quantizeGroups } from "../../lib/compression/quantization/awq-grid.js";
import { surveyInputs } from "../../lib/compression/quantization/awq-inputs.js";
import { RATIOS, scaleMatrix, scalesAt, trialWeights } from "../../lib/compression/quantization/awq-scales.js";
import { scalableGroups, searchScales, triedParts } from "../../lib/compression/quantization/awq-search.js";
import { compressByAwq } from "../../lib/compression/quantization/awq.js";
import type { AwqLinear } from "../../lib/compression/quantization/awq.js";
import { leastError } from "../../lib/compression/quantization/least-error.js";
import { dequantize, effective } from "../../lib/compression/stored-matrix.js";
import type { Model } from "../../lib/model/index.js";
import { LINEAR_KINDS } from "../../lib/model/linear-sites.js";
import type { LinearKind } from "../../lib/model/linear-sites.js";
import { overlay } from "../../lib/model/weights.js";
import { naiveLogits } from "../reference/naive-forward.js";
import { toyModel } from "../toy-model.js";
import { toyBlock } from "./toy-activations.js";
import { toyConfig } from "./toy-weights.js";

beforeAll(() => vi.stubEnv("TOUCHSTONE_BACKEND", "cpu")); // no native code in this test
afterAll(() => vi.unstubAllEnvs());

const settings = { bits: 3, group: 8 };
const number = fc.float({ min: -4, max: 4, noNaN: true });
const floats = (length: number) =>
  fc.array(number, { minLength: length, maxLength: length }).map((list) => Float32Array.from(list));

describe("the clip search", () => {
  test("chooses what outputs computed one by one choose, up to ties", async () => {
    await fc.assert(
      fc.asyncProperty(floats(2 * 16), floats(16 * 5), fc.constantFrom(2, 3, 4), async (values, x, bits) => {
        const weight = { rows: 2, cols: 16, values };
        const maxima = await searchClip(weight, { width: 16, count: 5, values: x }, { bits, group: 8 });
        maxima.forEach((most, group) => {
          const [row, start] = [Math.floor(group / 2), 8 * (group % 2)];
          const own = values.subarray(row * 16 + start, row * 16 + start + 8);
          const largest = Math.max(...own.map(Math.abs));
          const errorOf = (limit: number): number => naiveError(own, limit, { bits, start, x });
          const errors = Array.from({ length: 10 }, (_, i) => errorOf(Math.fround(largest * Math.fround(1 - i / 20))));
          const energy = largest ** 2 * x.slice(5 * start, 5 * (start + 8)).reduce((sum, value) => sum + value * value, 0);
          // 1e-6: the forms are products of float32, and terms of opposite signs may cancel
          expect(errorOf(most)).toBeLessThanOrEqual(Math.min(...errors) + 1e-6 * energy);
        });
      }),
      { numRuns: 60 },
    );
  });

  test("lets the largest weight stand where no error is smaller: with inputs that are always 0", async () => {
    const weight = { rows: 1, cols: 8, values: Float32Array.of(1, -3, 2, 0.5, 0, 0.1, -0.2, 1) };
    expect([...(await searchClip(weight, { width: 8, count: 2, values: new Float32Array(16) }, settings))]).toEqual([3]);
  });

  test("holds weights within the maximum of their group", () => {
    const weight = { rows: 1, cols: 4, values: Float32Array.of(1, -3, 2, 0.5) };
    expect([...clipGroups(weight, Float32Array.of(2, 1)).values]).toEqual([1, -2, 1, 0.5]);
  });
});

/** Σ over tokens of (Q(clipped w)·x − w·x)², in float64. x [16, 5] */
function naiveError(
  own: Float32Array,
  most: number,
  { bits, start, x }: { bits: number; start: number; x: Float32Array },
): number {
  const clipped = own.map((value) => Math.max(-most, Math.min(most, value)));
  const quantized = dequantize(quantizeGroups({ rows: 1, cols: own.length, values: clipped }, { bits, group: own.length }));
  let error = 0;
  for (let t = 0; t < 5; t++) {
    let output = 0;
    own.forEach((value, i) => (output += (quantized[i] - value) * x[(start + i) * 5 + t]));
    error += output * output;
  }
  return error;
}

describe("scales", () => {
  const means = fc
    .array(fc.float({ min: 0, max: 50, noNaN: true }), { minLength: 8, maxLength: 8 })
    .map((list) => Float32Array.from(list));

  test("at ratio 0 are 1, so that the trial is plain round to nearest", () => {
    fc.assert(
      fc.property(means, floats(16), (mean, values) => {
        const scales = scalesAt(mean, 0);
        expect([...scales]).toEqual(Array.from({ length: 8 }, () => 1));
        const weight = { rows: 2, cols: 8, values };
        expect(trialWeights(weight, scales, settings)).toEqual(dequantize(quantizeGroups(weight, settings)));
      }),
    );
  });

  test("grow with the mean activation, and the largest is 1 over the smallest", () => {
    fc.assert(
      fc.property(means, fc.integer({ min: 1, max: RATIOS - 1 }), (mean, point) => {
        const scales = scalesAt(mean, point);
        expect(Math.max(...scales) * Math.min(...scales)).toBeCloseTo(1, 4);
        const order = [...mean.keys()].sort((a, b) => mean[a] - mean[b]);
        order.slice(1).forEach((input, i) => expect(scales[input]).toBeGreaterThanOrEqual(scales[order[i]]));
      }),
    );
  });
});

test("the least error is found as if all were summed up, the first of equals", async () => {
  const errors = fc.array(fc.array(fc.nat(4), { minLength: 5, maxLength: 5 }), { minLength: 2, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(errors, fc.boolean(), async (parts, isKnown) => {
      const sums = parts.map((each) => each.reduce((a, b) => a + b));
      const known = isKnown ? { candidate: 1, error: sums[1] } : undefined;
      const error = (candidate: number, part: number): Promise<number> => Promise.resolve(parts[candidate][part]);
      expect(await leastError({ candidates: parts.length, parts: 5, error, known })).toBe(sums.indexOf(Math.min(...sums)));
    }),
  );
});

test("a bad candidate's error is not summed up beyond the best", async () => {
  const asked: string[] = [];
  const error = (candidate: number, part: number): Promise<number> => {
    asked.push(`${candidate}.${part}`);
    return Promise.resolve([10, 1][candidate]);
  };
  await leastError({ candidates: 2, parts: 4, error });
  expect(asked).toEqual(["0.0", "1.0", "1.1", "1.2", "1.3"]);
});

const grouped = toyModel({ width: 16, hidden: 24 });
const everyHead = toyModel({ width: 16, hidden: 24, heads: 4, kvHeads: 4, seed: 9 });

async function layersOf(model: Model, kinds: readonly LinearKind[] = LINEAR_KINDS): Promise<Map<LinearKind, AwqLinear>> {
  const block = await toyBlock(model, kinds);
  const layers = new Map<LinearKind, AwqLinear>();
  for await (const layer of compressByAwq(block, settings)) layers.set(layer.kind, layer);
  block.activations.runner.close();
  return layers;
}

describe.each([
  ["grouped-query attention", grouped, ["q", "gate", "down"]],
  ["a key head for every query head", everyHead, ["q", "o", "gate", "down"]],
])("a block with %s", (_, model, groups) => {
  test("is scaled where the scales can be taken back", async () => {
    const block = await toyBlock(model);
    expect(await scalableGroups(block)).toEqual(groups);
    block.activations.runner.close();
  });

  test("has the scales of the least error on its outputs", async () => {
    const block = await toyBlock(model);
    const { runner } = block.activations;
    const seen = await surveyInputs(block.activations, triedParts(await scalableGroups(block)));
    const found = await searchScales(block, seen, settings);
    for (const [part, group, kinds] of [
      ["attention", "q", ["q", "k", "v"]],
      ["feedForward", "gate", ["gate", "up"]],
    ] as const) {
      const chunks: Float32Array[] = [];
      for await (const chunk of block.activations.chunks()) chunks.push(chunk);
      runner.beginTrials(part, chunks);
      const errors: number[] = [];
      for (let point = 0; point < RATIOS; point++) {
        const scales = scalesAt(seen[group].meanAbsolute, point);
        const trials = new Map<string, Float32Array>();
        for (const kind of kinds) trials.set(kind, trialWeights(await block.read(kind), scales, settings));
        errors.push(await runner.trialError(part, (kind) => Promise.resolve(trials.get(kind) ?? new Float32Array(0))));
      }
      expect(new Set(errors).size).toBeGreaterThan(RATIOS / 2);
      expect(found.get(group)).toEqual(scalesAt(seen[group].meanAbsolute, errors.indexOf(Math.min(...errors))));
    }
    runner.close();
  });

  test("computes the same as before with its scaled matrices and vectors, when nothing is quantized", async () => {
    const layers = await layersOf(model);
    const replaced = new Map<string, Float32Array>();
    for (const [kind, { dense, scales, vectors }] of layers) {
      replaced.set(`blocks.0.${kind}`, scaleMatrix(dense, scales).values);
      for (const [name, vector] of Object.entries(vectors ?? {})) replaced.set(`blocks.0.${name}`, vector);
    }
    expect(replaced.size).toBe(9);
    expect(replaced.get("blocks.0.attentionNorm")).not.toEqual(await model.weights.read("blocks.0.attentionNorm"));
    const weights = overlay(model.weights, new Set(replaced.keys()), (name) =>
      Promise.resolve(replaced.get(name) ?? new Float32Array(0)),
    );
    const tokens = [5, 9, 33, 2, 41];
    const [before, after] = [await naiveLogits(model, tokens), await naiveLogits({ ...model, weights }, tokens)];
    before.flat().forEach((logit, i) => expect(after.flat()[i]).toBeCloseTo(logit, 5));
  });

  test("is quantized in groups; its weights as they act are near those before", async () => {
    for (const { dense, stored, scales } of (await layersOf(model)).values()) {
      expect(stored).toMatchObject({ kind: "quantized", bits: 3, group: 8, symmetric: false });
      const after = effective(stored, dense.values, scales);
      const error = Math.sqrt(after.reduce((sum, value, i) => sum + (value - dense.values[i]) ** 2, 0));
      expect(error / Math.sqrt(dense.values.reduce((sum, value) => sum + value * value, 0))).toBeLessThan(0.3);
    }
  });
});

test("layers that stay dense keep what they share an input with from being scaled", async () => {
  const layers = await layersOf(grouped, ["q", "k", "gate", "up", "down"]);
  expect(layers.get("q")?.scales).toEqual({ inputs: undefined, outputs: undefined });
  expect(layers.get("q")?.vectors).toEqual({});
  expect(layers.get("up")?.scales.outputs).toHaveLength(24);
  expect((await layersOf(grouped, ["down"])).get("down")?.scales.inputs).toBeUndefined();
});

test("a group that does not divide every width is refused before any work, with what would do", () => {
  const plan = (group: number) => planRecipe({ method: "awq", settings: { group } }, toyConfig);
  expect(plan(64).settings).toMatchObject({ bits: 4, group: 64 });
  expect(() => plan(48)).toThrow(InputError);
  expect(() => plan(128)).toThrow(/layers of 64 inputs.*Take 64 or 32/s);
});

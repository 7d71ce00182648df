import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import {
  compress,
  type OwnPruner,
  planRecipe,
  registerPruner,
  registerQuantizer,
  sweepRecipes,
} from "../../lib/compression/index.js";
import { pruneByMagnitude } from "../../lib/compression/pruning/magnitude.js";
import { roundToNearest } from "../../lib/compression/quantization/round-to-nearest.js";
import { restore } from "../../lib/compression/stored-matrix.js";
import { finish } from "../../lib/core/progress.js";
import { createRandom } from "../../lib/core/random.js";
import { toyConfig, toyModel } from "./toy-weights.js";

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "touchstone-test-"));
  vi.stubEnv("TOUCHSTONE_CACHE", cache);
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

type Settings = { readonly pattern: string; readonly seed: number };
const magnitudes: OwnPruner["scores"] = ({ values }) => values.map(Math.abs);
const pruner = (scores: OwnPruner<Settings>["scores"], name = "mine") =>
  registerPruner({ name, defaults: { pattern: "50%", seed: 0 }, scores });
const nameOf = (settings = {}, method = "mine"): string => planRecipe({ method, settings }, toyConfig).figures.name;
const site = "blocks.0.down";

async function matrixOf() {
  const { weights } = toyModel();
  const [rows, cols] = weights.shape(site);
  return { rows, cols, values: await weights.read(site) };
}

test("a pruner's lowest scores go, by the pattern, and it is named by what it does", async () => {
  pruner(magnitudes);
  const [recipe] = sweepRecipes({ methods: ["mine"], patterns: ["2:4"] }, toyConfig);
  const variant = await finish(compress(toyModel(), recipe));
  const dense = await matrixOf();
  const expected = restore(pruneByMagnitude(dense, { pattern: "2:4" }), dense.values);
  expect(await variant.weights.read(site)).toEqual(expected);
  expect(variant.name).toMatch(/^mine-2:4-[0-9a-f]{6}$/);
  expect(variant.summary).toMatchObject({ method: "mine", pattern: "2:4", rate: 0.5 });
});

test("a quantizer's codes are the variant's weights", async () => {
  const defaults = { bits: 4, group: 64, symmetric: false };
  registerQuantizer({ name: "rounding", defaults, quantize: roundToNearest });
  const variant = await finish(compress(toyModel(), { method: "rounding", settings: { bits: 3 } }));
  const dense = await matrixOf();
  expect(await variant.weights.read(site)).toEqual(restore(roundToNearest(dense, { ...defaults, bits: 3 }), dense.values));
  expect(variant.name).toMatch(/^rounding-3bit-g64-[0-9a-f]{6}$/);
});

test("a rule that changed, were it only in a function that it calls, is another variant", () => {
  let power = 1;
  const weigh = (value: number): number => (power > 0 ? Math.abs(value) : 1 / (1 + Math.abs(value)));
  pruner(({ values }) => values.map(weigh));
  const before = planRecipe({ method: "mine", settings: {} }, toyConfig);
  power = -1;
  expect(nameOf()).not.toBe(before.figures.name);
  expect(() => planRecipe(before.recipe, toyConfig)).toThrow(/The rule has changed/);
  power = 1;
  expect(planRecipe(before.recipe, toyConfig).figures.name).toBe(before.figures.name);
});

test("settings of its own count, and draws from a seed are the same every time", () => {
  pruner(({ values }, { seed }) => {
    const random = createRandom(seed);
    return values.map(() => random.uniform());
  });
  expect(nameOf({ seed: 1 })).toBe(nameOf({ seed: 1 }));
  expect(nameOf({ seed: 1 })).not.toBe(nameOf({ seed: 2 }));
});

test("it may look at the calibration set", () => {
  const seen: number[] = [];
  registerPruner({
    name: "norms",
    defaults: { pattern: "50%" },
    needs: "input-norms",
    scores: ({ values, cols }, _, inputs) => {
      seen.push(inputs?.meanSquares.length ?? 0);
      return values.map((value, i) => Math.abs(value) * Math.sqrt(inputs?.meanSquares[i % cols] ?? 0));
    },
  });
  const { calibration } = planRecipe({ method: "norms", settings: { samples: 2, length: 16 } }, toyConfig);
  expect(calibration).toMatchObject({ samples: 2, length: 16 });
  expect(seen.every((width) => width > 0)).toBe(true);
});

test("what could not be repeated, or is no score, is refused by name", () => {
  let calls = 0;
  pruner(({ values }) => values.map((value) => Math.abs(value) + (calls++ % 7)));
  expect(() => nameOf()).toThrow(/mine: found other weights each time.*createRandom/s);
  pruner(({ values }) => values);
  expect(() => nameOf()).toThrow(/mine, scores: found -.*none negative/s);
  pruner(() => new Float32Array(3));
  expect(() => nameOf()).toThrow(/found 3 scores/);
});

test.each(["rtn", "dense", "Mine", ""])("the name %j is refused", (name) => {
  expect(() => pruner(magnitudes, name)).toThrow(/name of a compression method/);
});

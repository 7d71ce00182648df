import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { finish } from "../../lib/core/progress.js";
import { compress } from "../../lib/compression/index.js";
import type { Recipe, Variant } from "../../lib/compression/index.js";
import { overlay } from "../../lib/model/weights.js";
import type { Weights } from "../../lib/model/weights.js";
import { naiveLogits } from "../reference/naive-forward.js";
import { toyModel } from "../toy-model.js";

const model = toyModel({ blocks: 2, width: 16, hidden: 24 });
let text: string;
beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), "touchstone-test-"));
  vi.stubEnv("TOUCHSTONE_CACHE", folder);
  vi.stubEnv("TOUCHSTONE_BACKEND", "cpu"); // no native code in this test
  text = join(folder, "words.txt");
  writeFileSync(text, Array.from({ length: 400 }, (_, i) => `word${(i * 37) % 101} and `).join(""));
});
afterAll(() => vi.unstubAllEnvs());

const make = (settings: Recipe["settings"]): Promise<Variant> =>
  finish(compress(model, { method: "awq", settings: { group: 8, calibration: text, samples: 4, length: 8, ...settings } }));

test("a variant by AWQ keeps its scaled matrices with the norms that take the scales back, and computes nearly the same", async () => {
  const [made, taken] = [await make({ bits: 8 }), await make({ bits: 8 })];
  for (const norm of ["attentionNorm", "feedForwardNorm"]) {
    const replaced = await made.weights.read(`blocks.1.${norm}`);
    expect(replaced).not.toEqual(await model.weights.read(`blocks.1.${norm}`));
    expect(await taken.weights.read(`blocks.1.${norm}`)).toEqual(replaced);
  }
  expect(await made.weights.read("outputNorm")).toEqual(await model.weights.read("outputNorm"));
  const norms = new Set(model.weights.names.filter((name) => name.endsWith("Norm")));
  const without = overlay(taken.weights, norms, (name) => model.weights.read(name));
  expect(await movedBy(taken.weights)).toBeLessThan(0.03);
  expect(await movedBy(without)).toBeGreaterThan(0.1);
});

/** Root mean square of what other weights change in the logits of a text, over that of the logits. */
async function movedBy(weights: Weights): Promise<number> {
  const tokens = [5, 9, 33, 2, 41];
  const [before, after] = [await naiveLogits(model, tokens), await naiveLogits({ ...model, weights }, tokens)].map((rows) =>
    rows.flat(),
  );
  const squares = (values: number[]): number => values.reduce((sum, value) => sum + value * value, 0);
  return Math.sqrt(squares(after.map((logit, i) => logit - before[i])) / squares(before));
}

test("its layers' errors are those of the weights as they act, so that they compare with other methods'", async () => {
  const { layers } = await make({ bits: 8 });
  for (const { relativeError, outputError } of layers) {
    expect(relativeError).toBeGreaterThan(0);
    expect(relativeError).toBeLessThan(0.02); // 255 steps; the scales themselves move weights much further
    expect(outputError).toBeLessThan(0.02);
  }
});

test("layers that stay dense are as they were, and so is a norm before them", async () => {
  const { weights } = await make({ keep: ["q"] });
  for (const name of ["blocks.0.q", "blocks.0.attentionNorm"])
    expect(await weights.read(name)).toEqual(await model.weights.read(name));
  expect(await weights.read("blocks.0.feedForwardNorm")).not.toEqual(await model.weights.read("blocks.0.feedForwardNorm"));
});

import { existsSync, readFileSync } from "node:fs";

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";

import { finish } from "../../lib/core/progress.js";
import { compress } from "../../lib/compression/index.js";
import type { Recipe } from "../../lib/compression/index.js";
import { knownModelPath, loadModel } from "../../lib/model/index.js";
import type { Model } from "../../lib/model/index.js";

const TRUTH = "../shared/reference/smollm2/compressed.json";
const isThere = existsSync(TRUTH) && existsSync(knownModelPath("smollm2"));

const Figures = z.object({ zeros: z.number(), mean_relative_weight_error: z.number() });
const rtn = (bits: number): Recipe => ({ method: "rtn", settings: { bits, group: 64 } });
const magnitude = (pattern: string): Recipe => ({ method: "magnitude", settings: { pattern } });

describe.skipIf(!isThere)("SmolLM2's variants (skipped without the reference outputs and the cached model)", () => {
  let model: Model;
  beforeAll(async () => {
    model = await loadModel("smollm2");
  });
  afterAll(() => model.close());

  test.each([
    ["rtn.b4.g64", rtn(4)],
    ["rtn.b3.g64", rtn(3)],
    ["magnitude.s20", magnitude("20%")],
    ["magnitude.s50", magnitude("50%")],
    ["magnitude.2of4", magnitude("2:4")],
  ])("%s have the zeros and the mean relative error of the authors' code", async (name, recipe) => {
    const truth = z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(TRUTH, "utf8")));
    const { zeros, mean_relative_weight_error: error } = Figures.parse(truth[name]);
    const { summary } = await finish(compress(model, recipe));
    expect(Math.abs(summary.sparsity - zeros)).toBeLessThan(1e-6); // the reference sums shares in float32
    expect(Math.abs(summary.relativeError - error)).toBeLessThan(1e-5); // and norms
  });
});

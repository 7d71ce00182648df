import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeAll, expect, test, vi } from "vitest";

import { compress, compressedParts, partVariant, type Variant } from "../../lib/compression/index.js";
import { fingerprint } from "../../lib/core/fingerprint.js";
import { finish } from "../../lib/core/progress.js";
import { toyModel } from "../toy-model.js";

const model = toyModel({ blocks: 3 });
const [block, matrix] = [{ kind: "blocks", blocks: [1] } as const, { kind: "matrices", matrices: ["down"] } as const];
let variant: Variant;

beforeAll(async () => {
  vi.stubEnv("TOUCHSTONE_CACHE", await mkdtemp(join(tmpdir(), "touchstone-test-")));
  variant = await finish(compress(model, { method: "magnitude", settings: { pattern: "50%", keep: ["blocks.0"] } }));
});

test.each([block, matrix])("with the part %j restored or alone, each layer is as weights, reports and size say", async (part) => {
  const views = (["restored", "alone"] as const).map((view) => partVariant(variant, { part, view }));
  const [restored, alone] = views;
  for (const { site, relativeError } of variant.layers) {
    const errors = views.map(({ layers }) => layers.find((layer) => layer.site === site)?.relativeError ?? NaN);
    expect(errors.toSorted()).toEqual([0, relativeError]);
    for (const [i, { weights, storedMatrix }] of views.entries()) {
      expect(await weights.read(site)).toEqual(await (errors[i] === 0 ? model.weights : variant.weights).read(site));
      expect(await storedMatrix(site)).toEqual(errors[i] === 0 ? undefined : await variant.storedMatrix(site));
    }
  }
  expect(restored.summary.sparsity + alone.summary.sparsity).toBeCloseTo(variant.summary.sparsity, 12);
});

test("part, view and recipe make ids and recipes of their own", () => {
  const named = [block, matrix].flatMap((part) =>
    (["restored", "alone"] as const).map((view) => partVariant(variant, { part, view })),
  );
  expect(new Set(named.map(({ id }) => id)).size).toBe(4);
  expect(new Set(named.map(({ recipe }) => fingerprint({ ...recipe }))).size).toBe(4);
  expect(named[0]).toMatchObject({ id: `${variant.id} block 1 restored`, title: `${variant.title}, block 1 restored` });
});

test("parts that a recipe leaves dense are none, and single matrices of awq are refused", () => {
  expect(compressedParts(variant.recipe, model.config, "block").map((part) => part.kind === "blocks" && part.blocks)).toEqual([
    [1],
    [2],
  ]);
  const kept = { method: "rtn", settings: { bits: 4, group: 8, keep: ["q", "k"] } };
  expect(compressedParts(kept, model.config, "matrix")).toHaveLength(5);
  const awq = { method: "awq", settings: { bits: 4, group: 8, calibration: "mini", samples: 2, length: 32 } };
  expect(compressedParts(awq, model.config, "block")).toHaveLength(3);
  expect(() => compressedParts(awq, model.config, "matrix")).toThrow(/single matrices of awq.*whole blocks/);
  expect(() => compressedParts({ method: "gone", settings: {} }, model.config, "block")).toThrow(/compression method.*gone/);
});

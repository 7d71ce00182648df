import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeEach, describe, expect, test, vi } from "vitest";

import { finish } from "../../lib/core/progress.js";
import { compress, planRecipe, sweepRecipes } from "../../lib/compression/index.js";
import type { CompressOptions, Recipe, Variant } from "../../lib/compression/index.js";
import type { CompressionMethod, MethodSettings } from "../../lib/compression/method.js";
import { allSites } from "../../lib/model/linear-sites.js";
import { toyModel } from "../toy-model.js";

/** A method that looks at its Hessian: of every output the weights of the inputs with less than the median of its diagonal go. */
vi.mock("../../lib/compression/catalogue.js", async (original) => {
  const { keepMask } = await import("../../lib/compression/pruning/keep-mask.js");
  const probe: CompressionMethod = {
    name: "probe",
    kind: "prune",
    summary: "for tests",
    needs: "hessian",
    defaults: {},
    complete: (settings) => settings,
    figures: () => ({ name: "probe", bits: null, pattern: "50%", group: null, rate: 0.5 }),
    compressBlock: async function* (block) {
      for (const kind of block.kinds) {
        const dense = await block.read(kind);
        const { hessian, width } = await block.statistics(kind);
        const scores = dense.values.map((value, i) => Math.abs(value) * Math.sqrt(hessian?.[(i % width) * (width + 1)] ?? NaN));
        const mask = keepMask(scores, { kind: "unstructured", ratio: 0.5 });
        yield { kind, dense, stored: { kind: "masked", rows: dense.rows, cols: dense.cols, mask }, notes: [`seen ${kind}`] };
      }
    },
  };
  return { ...(await original<object>()), probe };
});

const model = toyModel({ blocks: 3, width: 16 });
const sites = allSites(3);
let cache: string;
let text: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "touchstone-test-"));
  vi.stubEnv("TOUCHSTONE_CACHE", cache);
  vi.stubEnv("TOUCHSTONE_BACKEND", "cpu"); // no native code in this test
  text = join(cache, "words.txt");
  writeFileSync(text, Array.from({ length: 400 }, (_, i) => `word${(i * 37) % 101} and `).join(""));
});

const recipe = (changes: MethodSettings = {}): Recipe => ({
  method: "probe",
  settings: { calibration: text, samples: 6, length: 8, ...changes },
});
const make = (changes: MethodSettings = {}, options: CompressOptions = {}): Promise<Variant> =>
  finish(compress(model, recipe(changes), options));
const weightsOf = async ({ weights }: Variant): Promise<number[][]> =>
  Promise.all(sites.map(async (site) => [...(await weights.read(site))]));
const variants = (): string[] => readdirSync(join(cache, "variants"));

describe("a variant of a method that looks at a calibration set", () => {
  test("is named after the set and its seed, and says which tokens it saw", async () => {
    const variant = await make();
    expect(variant.name).toBe("probe-words-6x8-seed0");
    expect(variant.recipe.settings).toMatchObject({ samples: 6, length: 8, seed: 0 });
    expect(variant.recipe.settings["calibrationDigest"]).toMatch(/^[0-9a-f]{64}$/);
    expect(variant.layers.map(({ site }) => site)).toEqual(sites);
    expect(variant.layers.map(({ notes }) => notes)).toEqual(sites.map((site) => [`seen ${site.split(".")[2]}`]));
    for (const { outputError } of variant.layers) expect(outputError).toBeGreaterThan(0);
    expect(variant.summary.peakBytes).toBeGreaterThan(1e6);
  });

  test("is the same after the same recipe, through a file and in one go, and another with another seed", async () => {
    const first = await weightsOf(await make());
    rmSync(join(cache, "variants"), { recursive: true });
    expect(await weightsOf(await make({}, { activationBytes: 0 }))).toEqual(first);
    expect(variants()).toHaveLength(1);
    expect(await weightsOf(await make({ seed: 1 }))).not.toEqual(first);
    expect(variants()).toHaveLength(2);
  });

  test("goes on at its block after an interruption, to the same bytes", async () => {
    const expected = await make();
    const weights = await weightsOf(expected);
    for (const blocks of [1, 2]) {
      rmSync(join(cache, "variants"), { recursive: true });
      const task = compress(model, recipe());
      for (let step = 0; step <= blocks; step++) await task.next();
      await task.return(expected);
      expect(variants().map((name) => name.endsWith(".partial"))).toEqual([true]);
      const resumed = await make();
      expect(await weightsOf(resumed)).toEqual(weights);
      expect(resumed.layers).toEqual(expected.layers);
      expect(variants().map((name) => name.endsWith(".partial"))).toEqual([false]);
    }
  });

  test("sees what the compressed blocks before it give, not the dense ones", async () => {
    const [whole, kept] = [await make(), await make({ keep: ["blocks.0"] })];
    expect(await kept.weights.read("blocks.0.down")).toEqual(await model.weights.read("blocks.0.down"));
    expect(await kept.weights.read("blocks.1.q")).not.toEqual(await whole.weights.read("blocks.1.q"));
  });

  test("is refused where the text has changed since its recipe was made", async () => {
    const { recipe: made } = await make();
    expect((await finish(compress(model, made))).recipe).toEqual(made);
    writeFileSync(text, "something else ".repeat(100));
    await expect(finish(compress(model, made))).rejects.toThrow(/calibration text has changed/);
  });

  test("is refused where the text is too short, with what would fit", async () => {
    writeFileSync(text, "x".repeat(30));
    await expect(make()).rejects.toThrow(/at most 3 samples/);
  });
});

describe("settings of a calibration set", () => {
  test("are every such method's, with the set's standard sizes put in", () => {
    const names = (request: object): string[] =>
      sweepRecipes({ methods: ["probe"], ...request }, model.config).map((each) => planRecipe(each, model.config).figures.name);
    expect(names({})).toEqual(["probe-seed0"]);
    expect(names({ seeds: [0, 1] })).toEqual(["probe-seed0", "probe-seed1"]);
    expect(names({ calibration: "c4" })).toEqual(["probe-c4-128x256-seed0"]); // the toy's context is 256
    expect(names({ samples: 8 })).toEqual(["probe-mini-8x256-seed0"]);
  });

  test.each([
    [{ methods: ["rtn"], seeds: [1] }, /seeds/],
    [{ methods: ["probe"], length: 999 }, /length.*2 to 256/],
    [{ methods: ["probe"], samples: 0 }, /samples/],
    [{ methods: ["probe"], calibration: "wikitext" }, /mini, self, c4/],
  ])("that don't fit are refused: %o", (request, message) => {
    expect(() => sweepRecipes(request, model.config)).toThrow(message);
  });
});

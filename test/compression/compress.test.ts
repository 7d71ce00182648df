import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeEach, describe, expect, test, vi } from "vitest";

import { InputError, InterruptedError } from "../../lib/core/errors.js";
import { finish } from "../../lib/core/progress.js";
import type { Progress } from "../../lib/core/progress.js";
import { compress, denseVariant } from "../../lib/compression/index.js";
import type { Recipe, Variant } from "../../lib/compression/index.js";
import { pruneByMagnitude } from "../../lib/compression/pruning/magnitude.js";
import { roundToNearest } from "../../lib/compression/quantization/round-to-nearest.js";
import { restore } from "../../lib/compression/stored-matrix.js";
import type { StoredMatrix, WeightMatrix } from "../../lib/compression/stored-matrix.js";
import { allSites } from "../../lib/model/linear-sites.js";
import type { Model } from "../../lib/model/model.js";
import { toyConfig, toyModel } from "./toy-weights.js";

let variants: string;
beforeEach(() => {
  const cache = mkdtempSync(join(tmpdir(), "touchstone-test-"));
  vi.stubEnv("TOUCHSTONE_CACHE", cache);
  variants = join(cache, "variants");
});

const sites = allSites(toyConfig.blocks);
const rtn4: Recipe = { method: "rtn", settings: { bits: 4, group: 64 } };
const half: Recipe = { method: "magnitude", settings: { pattern: "50%" } };
const make = (recipe: Recipe, model = toyModel()): Promise<Variant> => finish(compress(model, recipe));
const entries = (): string[] => readdirSync(variants).filter((name) => !name.endsWith(".partial"));
const unfinished = (): string[] => readdirSync(variants).filter((name) => name.endsWith(".partial"));

const bytesOf = (floats: Float32Array): Buffer => Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength);

async function matrixOf(site: string): Promise<WeightMatrix> {
  const { weights } = toyModel();
  const [rows, cols] = weights.shape(site);
  return { rows, cols, values: await weights.read(site) };
}

describe("a variant", () => {
  const cases: [string, Recipe, (weight: WeightMatrix) => StoredMatrix][] = [
    ["rtn-4bit-g64", rtn4, (weight) => roundToNearest(weight, { bits: 4, group: 64, symmetric: false })],
    [
      "rtn-3bit-channel-sym",
      { method: "rtn", settings: { bits: 3, group: "channel", symmetric: true } },
      (weight) => roundToNearest(weight, { bits: 3, group: "channel", symmetric: true }),
    ],
    ["magnitude-50%", half, (weight) => pruneByMagnitude(weight, { pattern: "50%" })],
    [
      "magnitude-2:4",
      { method: "magnitude", settings: { pattern: "2:4" } },
      (weight) => pruneByMagnitude(weight, { pattern: "2:4" }),
    ],
  ];
  test.each(cases)(
    "%s has its method's weights, made or taken from the cache, and shares all else",
    async (name, recipe, method) => {
      const [fresh, again] = [await make(recipe), await make(recipe)];
      expect(fresh).toMatchObject({ id: `toy/${name}`, name, title: name });
      expect(again.summary).toEqual(fresh.summary);
      expect(again.layers).toEqual(fresh.layers);
      for (const site of sites) {
        const dense = await matrixOf(site);
        const expected = restore(method(dense), dense.values);
        expect(await fresh.weights.read(site)).toEqual(expected);
        expect(await again.weights.read(site)).toEqual(expected);
      }
      expect(await fresh.weights.read("embedding")).toEqual(await toyModel().weights.read("embedding"));
      expect(entries()).toHaveLength(1);
    },
  );

  test("is summed up in figures that its layers' reports bear out", async () => {
    const { summary, layers } = await make(rtn4);
    expect(summary).toMatchObject({ method: "rtn", bits: 4, pattern: null, group: 64, rate: 0.25 });
    expect(summary.bitsPerWeight).toBeCloseTo(4 + (16 + 4) / 64, 10);
    expect(layers.map(({ site }) => site)).toEqual(sites);
    expect(summary.relativeError).toBeCloseTo(
      layers.reduce((sum, { relativeError }) => sum + relativeError, 0) / layers.length,
      12,
    );
    const linear = layers.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
    const weights = sites.reduce(
      (sum, site) =>
        sum +
        toyModel()
          .weights.shape(site)
          .reduce((a, b) => a * b),
      0,
    );
    expect(summary.storedBytes).toBe(200_000 - 2 * weights + linear);
  });

  test("of a pruner counts a bit a weight and 16 a kept one", async () => {
    const { summary } = await make({ method: "magnitude", settings: { pattern: "2:4" } });
    expect(summary).toMatchObject({ bits: null, pattern: "2:4", group: null, rate: 0.5, sparsity: 0.5, bitsPerWeight: 9 });
  });

  test("keeps the parts dense that it is told to", async () => {
    const variant = await make({ method: "rtn", settings: { bits: 2, keep: ["down", "blocks.0"] } });
    for (const site of ["blocks.0.q", "blocks.1.down"])
      expect(await variant.weights.read(site)).toEqual((await matrixOf(site)).values);
    expect(await variant.weights.read("blocks.1.q")).not.toEqual((await matrixOf("blocks.1.q")).values);
    expect(variant.layers.find(({ site }) => site === "blocks.1.down")).toMatchObject({ relativeError: 0, bitsPerWeight: 16 });
  });

  test("of another model is another entry", async () => {
    await make(half);
    await make(half, toyModel({ seed: 8 }));
    expect(entries()).toHaveLength(2);
  });

  test("that is dense says what it comes from", () => {
    expect(denseVariant(toyModel())).toMatchObject({
      id: "toy/dense",
      title: "dense (from F16)",
      summary: { rate: 1, bitsPerWeight: 16 },
    });
  });
});

describe("a damaged cache entry is made anew", () => {
  const inEntry = (name: string): string => join(variants, entries()[0], name);
  const damages: [string, () => void][] = [
    ["a block cut short", () => cutShort(inEntry("block-0001.safetensors"))],
    ["a block edited", () => flipLastByte(inEntry("block-0000.safetensors"))],
    ["figures that are no JSON", () => writeFileSync(inEntry("variant.json"), "{")],
    ["no manifest", () => writeFileSync(inEntry("entry.json"), "")],
  ];
  test.each(damages)("%s", async (_, damage) => {
    const before = await make(rtn4);
    const allBytes = async (variant: Variant) =>
      Buffer.concat(await Promise.all(sites.map(async (site) => bytesOf(await variant.weights.read(site)))));
    const expected = await allBytes(before);
    await new Promise((resolve) => setTimeout(resolve, 10)); // so that an edit moves the file's time
    damage();
    const after = await make(rtn4);
    expect((await allBytes(after)).equals(expected)).toBe(true);
    expect(entries()).toHaveLength(1);
  });
});

function cutShort(path: string): void {
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.subarray(0, bytes.length - 10));
}

function flipLastByte(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length - 1] ^= 1;
  writeFileSync(path, bytes);
}

describe("work that doesn't end leaves no entry", () => {
  test("when it is interrupted between two blocks", async () => {
    const stop = new AbortController();
    const task = compress(toyModel(), rtn4, { signal: stop.signal });
    await task.next();
    stop.abort();
    await expect(task.next()).rejects.toThrow(InterruptedError);
    expect([...entries(), ...unfinished()]).toEqual([]);
  });

  test("and the blocks that are finished are not made again", async () => {
    const read: string[] = [];
    const watched = (): Model => {
      const model = toyModel();
      return { ...model, weights: { ...model.weights, read: (name) => (read.push(name), model.weights.read(name)) } };
    };
    const expected = await make(rtn4);
    const bytes = await Promise.all(sites.map(async (site) => bytesOf(await expected.weights.read(site))));
    rmSync(variants, { recursive: true });
    const task = compress(watched(), rtn4);
    for (let step = 0; step < 2; step++) await task.next(); // the first block is made
    await task.return(expected);
    expect([entries().length, unfinished().length]).toEqual([0, 1]);
    read.length = 0;
    const resumed = await finish(compress(watched(), rtn4));
    expect(read.filter((name) => name.startsWith("blocks.0"))).toEqual([]);
    expect([entries().length, unfinished().length]).toEqual([1, 0]);
    expect({ ...resumed.summary, seconds: 0, peakBytes: 0 }).toEqual({ ...expected.summary, seconds: 0, peakBytes: 0 });
    expect(resumed.layers).toEqual(expected.layers);
    for (const [i, site] of sites.entries()) expect(bytesOf(await resumed.weights.read(site)).equals(bytes[i])).toBe(true);
  });

  test("but a finished block whose file was changed is made again", async () => {
    const expected = await make(half);
    const bytes = await Promise.all(sites.map(async (site) => bytesOf(await expected.weights.read(site))));
    rmSync(variants, { recursive: true });
    const task = compress(toyModel(), half);
    for (let step = 0; step < 2; step++) await task.next();
    await task.return(expected);
    await new Promise((resolve) => setTimeout(resolve, 10)); // so that an edit moves the file's time
    flipLastByte(join(variants, unfinished()[0], "block-0000.safetensors"));
    const resumed = await make(half);
    for (const [i, site] of sites.entries()) expect(bytesOf(await resumed.weights.read(site)).equals(bytes[i])).toBe(true);
  });

  test("when whoever asked goes away", async () => {
    const task = compress(toyModel(), rtn4);
    await task.next();
    await task.next();
    await task.throw(new Error("gone")).catch(() => undefined);
    expect(entries()).toEqual([]);
  });

  test("when a weight is no finite number, and says which layer", async () => {
    const spoil = (site: string, weights: Float32Array) => {
      if (site === "blocks.1.up") weights[5] = NaN;
    };
    await expect(make(rtn4, toyModel({ spoil }))).rejects.toThrow(InputError);
    await expect(make(half, toyModel({ spoil }))).rejects.toThrow("blocks.1.up");
    expect(entries()).toEqual([]);
  });
});

test("progress goes from no block to all blocks, with the variant's name", async () => {
  const steps: Progress[] = [];
  for await (const step of compress(toyModel(), half)) steps.push(step);
  expect(steps.map(({ done }) => done)).toEqual([0, 1, 2]);
  expect(steps[0]).toEqual({ stage: "compress", done: 0, total: 2, note: "magnitude-50%" });
});

import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeAll, describe, expect, test, vi } from "vitest";

import { InterruptedError } from "../../../lib/core/errors.js";
import { calibrationSet } from "../../../lib/compression/calibration/calibration-set.js";
import type { InputStatistics } from "../../../lib/compression/method.js";
import { openActivations } from "../../../lib/compression/walk/activation-store.js";
import { BlockWalk, groupOf, type WalkOptions } from "../../../lib/compression/walk/block-walk.js";
import { LINEAR_KINDS } from "../../../lib/model/linear-sites.js";
import { naiveLogits } from "../../reference/naive-forward.js";
import { toyModel } from "../../toy-model.js";

const [SAMPLES, LENGTH] = [6, 8];
const model = toyModel({ blocks: 3, width: 16 });
const tokens = Int32Array.from({ length: SAMPLES * LENGTH }, (_, i) => 1 + ((i * i * 7 + 3 * i) % 60));
const set = calibrationSet({ name: "test", samples: SAMPLES, length: LENGTH, seed: 0, tokens });

beforeAll(() => {
  vi.stubEnv("TOUCHSTONE_BACKEND", "cpu"); // no native code in this test
  vi.stubEnv("TOUCHSTONE_CACHE", mkdtempSync(join(tmpdir(), "touchstone-test-")));
});

/** What every block's layers see, by the textbook: [block][kind] -> a row a token. */
async function naiveInputs(): Promise<Record<string, number[][]>[]> {
  const blocks: Record<string, number[][]>[] = Array.from({ length: model.config.blocks }, () => ({}));
  for (let sample = 0; sample < SAMPLES; sample++) {
    const sequence = [...tokens.subarray(sample * LENGTH, (sample + 1) * LENGTH)];
    await naiveLogits(model, sequence, (block, what, rows) => (blocks[block][what] ??= []).push(...rows));
  }
  return blocks;
}

/** The statistics of every layer of every block, by a walk through the dense model. */
async function walked(options: WalkOptions = {}): Promise<InputStatistics[]> {
  const walk = await BlockWalk.open(model, set, options);
  const found: InputStatistics[] = [];
  for (let block = 0; block < model.config.blocks; block++) {
    await walk.gather(LINEAR_KINDS, "products");
    found.push(...LINEAR_KINDS.map((kind) => walk.statistics(kind)));
    await walk.advance(model.weights);
  }
  await walk.close();
  return found;
}

const floats = (statistics: readonly InputStatistics[]): number[] =>
  statistics.flatMap(({ meanSquares, hessian }) => [...meanSquares, ...(hessian ?? [])]);

function expectClose(found: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(found.length).toBe(expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  expect(Math.max(...found.map((value, i) => Math.abs(value - expected[i])))).toBeLessThan(tolerance * largest);
}

describe("a walk through the dense model", () => {
  test("gives each block's hidden states and the Hessians that its captured activations make", async () => {
    const inputs = await naiveInputs();
    const walk = await BlockWalk.open(model, set, { chunkTokens: 2 * LENGTH });
    for (const [block, seen] of inputs.entries()) {
      await walk.gather(LINEAR_KINDS, "products");
      for (const kind of LINEAR_KINDS) {
        const { width, tokens: count, hessian, meanSquares } = walk.statistics(kind);
        const rows = seen[groupOf(kind)];
        const product = (i: number, j: number): number => rows.reduce((sum, row) => sum + row[i] * row[j], 0) / rows.length;
        const places = Array.from({ length: width }, (_, i) => i);
        expect(count).toBe(rows.length);
        expectClose(
          [...(hessian ?? [])],
          places.flatMap((i) => places.map((j) => 2 * product(i, j))),
          2e-5,
        );
        expectClose(
          [...meanSquares],
          places.map((i) => product(i, i)),
          2e-5,
        );
      }
      expect(walk.block).toBe(block);
      await walk.advance(model.weights);
      const behind: number[][] = [];
      for await (const chunk of walk.chunks()) {
        const columns = chunk.length / model.config.width;
        for (let t = 0; t < columns; t++)
          behind.push(Array.from({ length: model.config.width }, (_, i) => chunk[i * columns + t]));
      }
      expectClose(behind.flat(), seen["hidden"].flat(), 2e-5);
    }
    await walk.close();
  });

  test("gives the same whatever the chunks' size, within the rounding of float32 sums", async () => {
    const [whole, single] = [await walked({ chunkTokens: 1e6 }), await walked({ chunkTokens: 1 })];
    expectClose(floats(single), floats(whole), 1e-6);
  });

  test("gives the same bits twice, in memory and through a file, whose name is gone at once", async () => {
    const options = { chunkTokens: 2 * LENGTH };
    const first = floats(await walked(options));
    expect(floats(await walked(options))).toEqual(first);
    expect(floats(await walked({ ...options, activationBytes: 0 }))).toEqual(first);
    expect(readdirSync(process.env["TOUCHSTONE_CACHE"] ?? "").filter((name) => name.includes("scratch"))).toEqual([]);
  });

  test("gathers squares alone where that is all that is asked", async () => {
    const walk = await BlockWalk.open(model, set);
    await walk.gather(["q", "down"], "squares");
    const { meanSquares, hessian } = walk.statistics("v");
    expect(hessian).toBeUndefined();
    const [{ q }] = await naiveInputs();
    const expected = q[0].map((_, i) => q.reduce((sum, row) => sum + row[i] ** 2, 0) / q.length);
    expectClose([...meanSquares], expected, 2e-5);
    expect(() => walk.statistics("o")).toThrow(/blocks\.0\.o/);
    expect(walk.outputError("q", new Float32Array(256), new Float32Array(256))).toBeNull();
    await walk.close();
  });

  test("tells the error of a layer's outputs", async () => {
    const walk = await BlockWalk.open(model, set);
    await walk.gather(["up"], "products");
    const [{ gate }] = await naiveInputs();
    const before = await model.weights.read("blocks.0.up");
    const after = before.map((value, i) => (i % 3 === 0 ? 0 : value));
    const outputs = (matrix: Float32Array): number[] =>
      gate.flatMap((row) =>
        Array.from({ length: model.config.hidden }, (_, o) => row.reduce((sum, x, i) => sum + x * matrix[o * row.length + i], 0)),
      );
    const norm = (values: number[]): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
    const [dense, pruned] = [outputs(before), outputs(after)];
    const expected = norm(dense.map((value, i) => value - pruned[i])) / norm(dense);
    expect(walk.outputError("up", before, after)).toBeCloseTo(expected, 5);
    expect(walk.outputError("up", before, before)).toBe(0);
    await walk.close();
  });

  test("can be interrupted between two chunks", async () => {
    const stop = new AbortController();
    const walk = await BlockWalk.open(model, set, { signal: stop.signal });
    stop.abort();
    await expect(walk.gather(["q"], "squares")).rejects.toThrow(InterruptedError);
    await walk.close();
  });
});

describe.each([
  ["memory", Infinity],
  ["a file", 0],
])("activations in %s", (_, limitBytes) => {
  test("are what was last written, and nothing before", async () => {
    const store = await openActivations({ chunks: 2, floats: 3, limitBytes });
    await store.write(1, Float32Array.of(1, 2, 3));
    await expect(store.read(0)).rejects.toThrow(/chunk 0/);
    expect(await store.read(1)).toEqual(Float32Array.of(1, 2, 3));
    await store.write(1, Float32Array.of(4, 5, 6));
    expect(await store.read(1)).toEqual(Float32Array.of(4, 5, 6));
    await expect(store.write(0, new Float32Array(2))).rejects.toThrow(/chunk of 3/);
    await store.close();
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { InputError } from "../../lib/core/errors.js";
import { keepMask, selectByRank } from "../../lib/compression/pruning/keep-mask.js";
import { magnitude, pruneByMagnitude } from "../../lib/compression/pruning/magnitude.js";
import { formatPattern, nominalSparsity, parsePattern } from "../../lib/compression/pruning/sparsity-pattern.js";
import { pruneByWanda, wanda } from "../../lib/compression/pruning/wanda.js";
import { restore } from "../../lib/compression/stored-matrix.js";
import { toyConfig } from "./toy-weights.js";

/** Few different values, so that ties abound. */
const weights = fc
  .array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.float({ noNaN: true })), { minLength: 1, maxLength: 12 })
  .map((list) => {
    const tiled = Array.from({ length: 16 * list.length }, (_, i) => list[(i * 7) % list.length]);
    return { rows: list.length, cols: 16, values: Float32Array.from(tiled) };
  });

const bitsOf = (mask: Uint8Array, count: number): number[] =>
  Array.from({ length: count }, (_, i) => (mask[i >> 3] >> (i & 7)) & 1);

describe("magnitude pruning", () => {
  test.each(["1:2", "2:4", "3:4", "4:8", "5:16"])("%s keeps n of each m consecutive inputs, the largest", (pattern) => {
    const [keep, of] = pattern.split(":").map(Number);
    fc.assert(
      fc.property(weights, (matrix) => {
        const kept = bitsOf(pruneByMagnitude(matrix, { pattern }).mask, matrix.values.length);
        for (let start = 0; start < kept.length; start += of) {
          const group = [...matrix.values.subarray(start, start + of)].map(Math.abs);
          const chosen = group.filter((_, i) => kept[start + i] === 1);
          expect(chosen).toHaveLength(keep);
          const dropped = group.filter((_, i) => kept[start + i] === 0);
          expect(Math.min(...chosen)).toBeGreaterThanOrEqual(Math.max(...dropped));
        }
      }),
    );
  });

  test.each(["1%", "30%", "50%", "62.5%", "99%"])(
    "%s takes all weights up to the threshold of the sorted layer, ties included",
    (pattern) => {
      fc.assert(
        fc.property(weights, (matrix) => {
          const sizes = matrix.values.map(Math.abs);
          const threshold = sizes.toSorted()[Math.floor((sizes.length * Number(pattern.slice(0, -1))) / 100)];
          const kept = bitsOf(pruneByMagnitude(matrix, { pattern }).mask, sizes.length);
          expect(kept).toEqual([...sizes].map((size) => (size > threshold ? 1 : 0)));
        }),
      );
    },
  );

  test("leaves kept weights as they are, and others as +0", () => {
    fc.assert(
      fc.property(weights, (matrix) => {
        const pruned = pruneByMagnitude(matrix, { pattern: "2:4" });
        const kept = bitsOf(pruned.mask, matrix.values.length);
        const expected = matrix.values.map((value, i) => (kept[i] === 1 ? value : 0));
        expect(restore(pruned, matrix.values)).toEqual(expected);
      }),
    );
  });
});

test.each([
  [[1, 1, 1, 1], 2, [1, 1, 0, 0]],
  [[0, 0, 0, 0, 0, 1, 1, 1], 4, [0, 0, 1, 0, 0, 1, 1, 1]],
  [[1, 1, 1, 2], 2, [1, 0, 0, 1]],
])("of the equal scores %j, those that torch.topk takes go first", (scores, gone, kept) => {
  const pattern = { kind: "n:m", keep: scores.length - gone, of: scores.length } as const;
  expect(bitsOf(keepMask(Float32Array.from(scores), pattern), scores.length)).toEqual(kept);
});

test("a mask of a length that 8 doesn't divide is whole", () => {
  const mask = keepMask(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), { kind: "unstructured", ratio: 0.5 });
  expect(bitsOf(mask, 16)).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
});

test("the value of a rank is the one that sorting puts there", () => {
  const numbers = fc.array(fc.nat(2 ** 31 - 1), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(numbers, fc.nat(), (list, seed) => {
      const rank = seed % list.length;
      expect(selectByRank(Int32Array.from(list), rank)).toBe(list.toSorted((a, b) => a - b)[rank]);
    }),
  );
});

describe("magnitude pruning of the whole model", () => {
  test("takes what is up to the threshold of all layers' sorted sizes, wherever it is", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(weights, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 99 }),
        async (layers, percent) => {
          const settings = magnitude.complete({ pattern: `${percent}%`, scope: "model" }, toyConfig);
          const prepared = await magnitude.prepare?.(() => streamOf(layers), settings);
          const sizes = Float32Array.from(layers.flatMap(({ values }) => [...values.map(Math.abs)]));
          const threshold = sizes.toSorted()[Math.floor((sizes.length * percent) / 100)];
          for (const layer of layers) {
            const kept = bitsOf(pruneByMagnitude(layer, prepared ?? settings).mask, layer.values.length);
            expect(kept).toEqual([...layer.values].map((value) => (Math.abs(value) > threshold ? 1 : 0)));
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test("has a name of its own, and is refused for n:m and for a word that is no scope", () => {
    expect(magnitude.figures({ pattern: "50%", scope: "model" }).name).toBe("magnitude-50%-global");
    expect(() => magnitude.complete({ pattern: "2:4", scope: "model" }, toyConfig)).toThrow(/n:m is chosen within each m inputs/);
    expect(() => magnitude.complete({ pattern: "50%", scope: "all" }, toyConfig)).toThrow(/"layer" or "model"/);
  });
});

async function* streamOf<Each>(items: readonly Each[]): AsyncGenerator<Each> {
  for (const item of items) yield await Promise.resolve(item);
}

describe("Wanda", () => {
  const finite = weights.map((matrix) => ({ ...matrix, values: matrix.values.map((w) => (Number.isFinite(w) ? w : 5)) }));
  const norms = fc.array(fc.constantFrom(0, 1, 4, 9), { minLength: 16, maxLength: 16 }).map((list) => Float32Array.from(list));

  test.each(["30%", "50%", "99%", "1%"])(
    "takes %s of each output alone, the lowest |w| · ‖x‖, of equal ones the first",
    (pattern) => {
      fc.assert(
        fc.property(finite, norms, (matrix, meanSquares) => {
          const kept = bitsOf(pruneByWanda(matrix, meanSquares, { pattern }).mask, matrix.values.length);
          const gone = Math.floor((16 * Number(pattern.slice(0, -1))) / 100);
          for (let row = 0; row < matrix.rows; row++) {
            const scores = Array.from({ length: 16 }, (_, i) =>
              Math.fround(Math.abs(matrix.values[16 * row + i]) * Math.sqrt(meanSquares[i])),
            );
            const order = [...scores.keys()].sort((a, b) => scores[a] - scores[b] || a - b);
            const expected = scores.map((_, i) => (order.indexOf(i) < gone ? 0 : 1));
            expect(kept.slice(16 * row, 16 * (row + 1))).toEqual(expected);
          }
        }),
      );
    },
  );

  test("keeps n of each m consecutive inputs", () => {
    fc.assert(
      fc.property(finite, norms, (matrix, meanSquares) => {
        const kept = bitsOf(pruneByWanda(matrix, meanSquares, { pattern: "2:4" }).mask, matrix.values.length);
        for (let start = 0; start < kept.length; start += 4)
          expect(kept.slice(start, start + 4).filter((bit) => bit === 1)).toHaveLength(2);
      }),
    );
  });

  test("names the layer whose inputs are no finite numbers", async () => {
    const statistics = { width: 16, tokens: 1, meanSquares: new Float32Array(16).fill(NaN) };
    const block = {
      block: 2,
      kinds: ["down" as const],
      read: () => Promise.reject(new Error("read")),
      statistics: () => Promise.resolve(statistics),
    };
    await expect(wanda.compressBlock(block, wanda.defaults)[Symbol.asyncIterator]().next()).rejects.toThrow(
      /blocks\.2\.down.*not finite/,
    );
  });
});

describe("a sparsity pattern", () => {
  test.each([
    ["50%", 0.5, "50%"],
    ["62.50%", 0.625, "62.5%"],
    ["2:4", 0.5, "2:4"],
    ["1:4", 0.75, "1:4"],
  ])("%s prunes %d and is written %s", (text, sparsity, written) => {
    const pattern = parsePattern("test", text);
    expect(nominalSparsity(pattern)).toBeCloseTo(sparsity, 12);
    expect(formatPattern(pattern)).toBe(written);
  });

  test.each(["0%", "100%", "-5%", "50", "0.5", "4:4", "4:2", "0:4", "2:128", "2/4", "", "50%%"])("can't be %j", (text) => {
    expect(() => parsePattern("test", text)).toThrow(InputError);
  });
});

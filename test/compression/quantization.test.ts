import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { groupGrid, minMaxGrid, roundHalfToEven } from "../../lib/compression/quantization/grid.js";
import { packCodes, packedBytes, unpackCodes } from "../../lib/compression/quantization/packed-codes.js";
import { roundToNearest } from "../../lib/compression/quantization/round-to-nearest.js";
import { dequantize } from "../../lib/compression/stored-matrix.js";
import type { WeightMatrix } from "../../lib/compression/stored-matrix.js";

const BITS = [2, 3, 4, 5, 6, 7, 8];
const bits = fc.constantFrom(...BITS);
const weight = fc.float({ min: -4, max: 4, noNaN: true });

/** Rows of 24 inputs, so that groups of 10 leave a short last one. */
const matrix = fc
  .array(fc.array(weight, { minLength: 24, maxLength: 24 }), { minLength: 1, maxLength: 4 })
  .map((rows): WeightMatrix => ({ rows: rows.length, cols: 24, values: Float32Array.from(rows.flat()) }));
const settings = fc.record({ bits, group: fc.constantFrom(8, 10, 24, "channel" as const), symmetric: fc.boolean() });

describe("packed codes", () => {
  test.each(BITS)("of %i bits come back as they were, in as many bytes as stated", (each) => {
    const codes = fc.array(fc.nat(2 ** each - 1), { maxLength: 70 }).map((list) => Uint8Array.from(list));
    fc.assert(
      fc.property(codes, (list) => {
        const packed = packCodes(list, each);
        expect(packed).toHaveLength(packedBytes(list.length, each));
        expect(unpackCodes(packed, each, list.length)).toEqual(list);
      }),
    );
  });

  test("stand one after the other from the lowest bit on", () => {
    expect([...packCodes(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 0, 1), 3)]).toEqual([0b11_010_001, 0b0_101_100_0, 0b000_111_11, 1]);
  });

  test("of another length are refused", () => {
    expect(() => unpackCodes(new Uint8Array(2), 3, 6)).toThrow("2 bytes for 6 codes");
  });
});

test.each([
  [0.5, 0],
  [1.5, 2],
  [2.5, 2],
  [-0.5, -0],
  [-1.5, -2],
  [7.49, 7],
])("%d is rounded to %d, ties to the even one", (value, expected) => {
  expect(roundHalfToEven(value) + 0).toBe(expected + 0);
});

describe("a grid", () => {
  const span = (...values: number[]) => ({ values: Float32Array.from(values), start: 0, end: values.length });
  test.each([
    ["asymmetric, around 0", span(-1, 0.5, 2), 2, false, { scale: 1, zero: 1 }],
    ["asymmetric, widened to 0", span(1, 3), 2, false, { scale: 1, zero: 0 }],
    ["symmetric", span(-1, 0.5, 3), 2, true, { scale: 2, zero: 2 }],
    ["symmetric, none below 0: GPTQ's range then begins at 0", span(1, 3), 2, true, { scale: 1, zero: 2 }],
    ["whose step would vanish", span(0, -1.4e-45), 8, true, { scale: Math.fround(2 / 255), zero: 128 }],
    ["of zeros alone", span(0, 0), 2, false, { scale: Math.fround(2 / 3), zero: 2 }],
  ])("of a channel: %s", (_, each, count, symmetric, expected) => {
    expect(minMaxGrid(each, count, symmetric)).toEqual(expected);
  });

  test.each([
    ["around 0", span(-1, 2), { scale: 1, zero: 1 }],
    ["above 0: clipped, as AWQ does", span(2, 3.5), { scale: 0.5, zero: 0 }],
    ["below 0: clipped, as AWQ does", span(-3.5, -2), { scale: 0.5, zero: 3 }],
    ["of equal weights", span(0, 0), { scale: Math.fround(Math.fround(1e-5) / 3), zero: 0 }],
  ])("of a group: %s", (_, each, expected) => {
    expect(groupGrid(each, 2)).toEqual(expected);
  });
});

describe("round to nearest", () => {
  test("has at most 2^bits levels a group, and 0 is one of them", () => {
    fc.assert(
      fc.property(matrix, settings, (weights, each) => {
        const quantized = roundToNearest(weights, each);
        const values = dequantize(quantized);
        quantized.scales.forEach((_, grid) => {
          const groups = Math.ceil(24 / quantized.group);
          const start = Math.floor(grid / groups) * 24 + (grid % groups) * quantized.group;
          const levels = new Set(values.subarray(start, Math.min(start + quantized.group, (Math.floor(grid / groups) + 1) * 24)));
          expect(levels.size).toBeLessThanOrEqual(2 ** each.bits);
          expect(quantized.zeros[grid]).toBeLessThan(2 ** each.bits);
        });
        const zeroCodes = quantized.codes.every(
          (code, i) => (values[i] === 0) === (code === quantized.zeros[gridOf(quantized.group, i)]),
        );
        expect(zeroCodes).toBe(true);
      }),
    );
  });

  test("moves no weight of a channel by more than half a step, or a step where it is clipped", () => {
    fc.assert(
      fc.property(matrix, bits, (weights, each) => {
        const quantized = roundToNearest(weights, { bits: each, group: "channel", symmetric: false });
        const values = dequantize(quantized);
        values.forEach((value, i) => {
          const clipped = quantized.codes[i] === 0 || quantized.codes[i] === 2 ** each - 1;
          const reach = clipped ? 1 : 0.5;
          expect(Math.abs(value - weights.values[i])).toBeLessThanOrEqual(quantized.scales[Math.floor(i / 24)] * reach * 1.001);
        });
      }),
    );
  });

  test("changes its own output by float rounding only, where the range is used in full", () => {
    const settled = settings.filter(({ symmetric }) => !symmetric);
    fc.assert(
      fc.property(matrix, settled, (weights, each) => {
        const once = roundToNearest(weights, each);
        fc.pre(usesWholeRange(once));
        const first = dequantize(once);
        const second = dequantize(roundToNearest({ ...weights, values: first }, each));
        second.forEach((value, i) => {
          expect(Math.abs(value - first[i])).toBeLessThanOrEqual(1e-6 * once.scales[gridOf(once.group, i)] * 2 ** each.bits);
        });
      }),
    );
  });
});

/** The grid of weight i in a matrix of 24 inputs. */
const gridOf = (group: number, i: number): number => Math.floor(i / 24) * Math.ceil(24 / group) + Math.floor((i % 24) / group);

/** Every grid's lowest and highest code occur, so that the same grid is found again. */
function usesWholeRange({ codes, bits: each, group, scales }: ReturnType<typeof roundToNearest>): boolean {
  const seen = Array.from(scales, () => new Set<number>());
  codes.forEach((code, i) => seen[gridOf(group, i)].add(code));
  return seen.every((found) => found.has(0) && found.has(2 ** each - 1));
}

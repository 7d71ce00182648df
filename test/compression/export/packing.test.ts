import { describe, expect, test } from "vitest";

import { createRandom } from "../../../lib/core/random.js";
import type { CodeGrid } from "../../../lib/compression/export/code-grids.js";
import {
  packAwqWeights,
  packAwqZeros,
  packGptqWeights,
  packGptqZeros,
  scalesByGroup,
} from "../../../lib/compression/export/code-packing.js";
import { encodeGrid, levelLayout } from "../../../lib/compression/export/gguf-levels.js";
import { BLOCK_LAYOUTS } from "../../../lib/formats/gguf-blocks.js";
import { toHalfAndBack } from "../../../lib/formats/index.js";
import { dequantize } from "../../../lib/compression/stored-matrix.js";

/** Random codes; scales that float16 holds. */
function gridOf(bits: number, options: { symmetric?: boolean; scale?: number; group?: number } = {}): CodeGrid {
  const { symmetric = false, scale = 0.0625, group = 32 } = options;
  const [rows, cols, groups] = [32, 64, 64 / group];
  const random = createRandom(bits);
  const draw = (most: number): number => Math.floor(random.uniform() * (most + 1));
  return {
    ...{ rows, cols, bits, groups },
    codes: Uint8Array.from({ length: rows * cols }, () => draw(2 ** bits - 1)),
    scales: toHalfAndBack(Float32Array.from({ length: rows * groups }, () => scale * (1 + draw(7)))),
    zeros: Uint8Array.from({ length: rows * groups }, () => (symmetric ? 2 ** (bits - 1) : draw(2 ** bits - 1))),
    groupIndex: Int32Array.from({ length: cols }, (_, i) => Math.floor(i / group)),
  };
}

/** The code at a place of a stream of bits, by arithmetic on the whole number that the words are. */
function codeAt(words: readonly number[], index: number, bits: number): number {
  const whole = words.reduceRight((sum, word) => (sum << 32n) | BigInt(word >>> 0), 0n);
  return Number((whole >> BigInt(index * bits)) & BigInt(2 ** bits - 1));
}

describe("GPTQ's words", () => {
  test.each([2, 3, 4, 8])("hold %i-bit codes of successive inputs, and zero points less 1 of successive outputs", (bits) => {
    const grid = gridOf(bits);
    const { words, shape } = packGptqWeights(grid);
    expect(shape).toEqual([2 * bits, 32]);
    for (const output of [0, 17, 31]) {
      const column = Array.from({ length: shape[0] }, (_, row) => words[row * shape[1] + output]);
      for (let input = 0; input < 64; input++) expect(codeAt(column, input, bits)).toBe(grid.codes[output * 64 + input]);
    }
    const ones = { ...grid, zeros: grid.zeros.map((zero) => Math.max(zero, 1)) };
    for (const [offset, given] of [[0, grid] as const, [1, ones] as const]) {
      const zeros = packGptqZeros(given, offset);
      expect(zeros.shape).toEqual([2, bits]);
      for (const group of [0, 1]) {
        const row = [...zeros.words.subarray(group * bits, (group + 1) * bits)];
        for (let output = 0; output < 32; output++)
          expect(codeAt(row, output, bits)).toBe(given.zeros[output * 2 + group] - offset);
      }
    }
  });
});

describe("AWQ's words", () => {
  test("hold the codes of eight outputs, even ones in the low half", () => {
    const grid = gridOf(4);
    const { words, shape } = packAwqWeights(grid);
    expect(shape).toEqual([64, 4]);
    const place = [0, 4, 1, 5, 2, 6, 3, 7]; // where each of the eight outputs stands
    for (let input = 0; input < 64; input++)
      for (let output = 0; output < 32; output++)
        expect((words[input * 4 + (output >> 3)] >>> (4 * place[output & 7])) & 15).toBe(grid.codes[output * 64 + input]);
    const zeros = packAwqZeros(grid);
    expect(zeros.shape).toEqual([2, 4]);
    expect((zeros.words[4 + 1] >>> (4 * place[3])) & 15).toBe(grid.zeros[11 * 2 + 1]);
  });

  test("stand beside scales by group", () => {
    const grid = gridOf(4);
    expect(scalesByGroup(grid)[32 + 5]).toBe(grid.scales[5 * 2 + 1]);
  });
});

const weightsOf = (grid: CodeGrid): Float32Array => {
  const groupIndex = Uint16Array.from(grid.groupIndex);
  return dequantize({ ...grid, kind: "quantized", group: 32, symmetric: false, groupIndex });
};

describe("GGUF's blocks", () => {
  const cases: [string, CodeGrid, string | undefined][] = [
    ["4 bits around 8", gridOf(4, { symmetric: true }), "Q4_0"],
    ["3 bits", gridOf(3), "Q4_0"],
    ["2 bits", gridOf(2), "Q4_0"],
    ["4 bits whose minima float16 holds", gridOf(4), "Q4_1"],
    ["4 bits whose minima float16 doesn't hold", gridOf(4, { scale: 1023 / 2 ** 14 }), "Q8_0"],
    ["6 bits", gridOf(6), "Q8_0"],
    ["8 bits around 128", gridOf(8, { symmetric: true }), "Q8_0"],
    ["8 bits", gridOf(8), undefined],
    ["groups of 16", gridOf(4, { group: 16 }), undefined],
  ];
  test.each(cases)("of %s: the smallest layout that is exact, read back bit for bit", (_, grid, expected) => {
    const layout = levelLayout(grid);
    expect(layout).toBe(expected);
    if (layout === undefined) return;
    const read = BLOCK_LAYOUTS[layout].dequantize(encodeGrid(layout, grid, (row) => row));
    const own = weightsOf(grid);
    expect(read.map((value) => value + 0)).toEqual(own.map((value) => value + 0));
  });

  test("take rows in the file's order", () => {
    const grid = gridOf(4);
    const reversed = BLOCK_LAYOUTS.Q4_1.dequantize(encodeGrid("Q4_1", grid, (row) => 31 - row));
    const own = weightsOf(grid);
    expect(reversed.slice(0, 64)).toEqual(own.slice(31 * 64));
  });
});

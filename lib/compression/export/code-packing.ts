import type { CodeGrid } from "./code-grids.js";

/** Integer codes packed in 32-bit words, row by row. */
export interface PackedWords {
  readonly shape: readonly [number, number];
  readonly words: Int32Array;
}

/**
 * Codes in a stream of bits down the columns, the first in the lowest bits of the first word; a code may reach into the next word.
 * codes [count, width], count · bits a multiple of 32 -> words [count · bits / 32, width]
 */
function packDown(codes: (row: number, col: number) => number, [count, width]: [number, number], bits: number): PackedWords {
  const words = new Int32Array(((count * bits) / 32) * width);
  for (let row = 0; row < count; row++) {
    const from = row * bits;
    const [word, shift] = [(from >>> 5) * width, from & 31];
    const spills = shift + bits > 32;
    for (let col = 0; col < width; col++) {
      const code = codes(row, col);
      words[word + col] |= code << shift;
      if (spills) words[word + width + col] |= code >>> (32 - shift);
    }
  }
  return { shape: [(count * bits) / 32, width], words };
}

/** GPTQ's weights: eight 4-bit codes of successive inputs in a word. -> [cols · bits / 32, rows] */
export const packGptqWeights = ({ codes, rows, cols, bits }: CodeGrid): PackedWords =>
  packDown((input, output) => codes[output * cols + input], [cols, rows], bits);

/** GPTQ's zero points, of successive outputs in a word, less `offset`: 1 in the first version of the layout. -> [groups, rows · bits / 32] */
export function packGptqZeros({ zeros, rows, groups, bits }: CodeGrid, offset: 0 | 1): PackedWords {
  const down = packDown((output, group) => zeros[output * groups + group] - offset, [rows, groups], bits);
  const width = down.shape[0];
  const words = new Int32Array(down.words.length);
  for (let i = 0; i < words.length; i++) words[i] = down.words[(i % width) * groups + Math.floor(i / width)];
  return { shape: [groups, width], words };
}

/** Where the eight codes of a word come from, the lowest bits first: AWQ's kernels read them interleaved. */
const AWQ_ORDER = [0, 2, 4, 6, 1, 3, 5, 7];

/** AWQ's words: eight 4-bit codes of successive outputs. codes [count, rows] by (row, output) -> [count, rows / 8] */
function packAcross(code: (row: number, output: number) => number, count: number, rows: number): PackedWords {
  const width = rows / 8;
  const words = new Int32Array(count * width);
  for (let row = 0, at = 0; row < count; row++) {
    for (let word = 0; word < width; word++, at++) {
      for (let i = 0; i < 8; i++) words[at] |= code(row, 8 * word + AWQ_ORDER[i]) << (4 * i);
    }
  }
  return { shape: [count, width], words };
}

/** AWQ's weights for its matrix product ("GEMM"). -> [cols, rows / 8] */
export const packAwqWeights = ({ codes, rows, cols }: CodeGrid): PackedWords =>
  packAcross((input, output) => codes[output * cols + input], cols, rows);

/** AWQ's zero points. -> [groups, rows / 8] */
export const packAwqZeros = ({ zeros, rows, groups }: CodeGrid): PackedWords =>
  packAcross((group, output) => zeros[output * groups + group], groups, rows);

/** Scales as both layouts have them. -> [groups · rows] */
export function scalesByGroup({ scales, rows, groups }: CodeGrid): Float32Array {
  const out = new Float32Array(scales.length);
  for (let row = 0; row < rows; row++)
    for (let group = 0; group < groups; group++) out[group * rows + row] = scales[row * groups + group];
  return out;
}

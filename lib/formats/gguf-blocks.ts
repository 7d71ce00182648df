import { dequantizeQ2K, dequantizeQ3K, dequantizeQ4K, dequantizeQ5K, dequantizeQ6K } from "./gguf-k-blocks.js";
import { bfloatToFloat, halfFloatTable, halfToFloat } from "./half-floats.js";

/** How a tensor's values are laid out: `weights` of them in `bytes` bytes, and how they become float32. */
export interface BlockLayout {
  readonly weights: number;
  readonly bytes: number;
  /** bytes [blocks · bytes], at offset 0 of its buffer -> values [blocks · weights] */
  readonly dequantize: (bytes: Uint8Array<ArrayBuffer>) => Float32Array<ArrayBuffer>;
}

const WEIGHTS = 32;

/** d as float16, then 32 signed bytes q: w = d·q. */
function dequantizeQ80(bytes: Uint8Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const halves = halfFloatTable();
  const codes = new Int8Array(bytes.buffer);
  const out = new Float32Array((bytes.length / 34) * WEIGHTS);
  for (let at = 0, to = 0; at < bytes.length; at += 34, to += WEIGHTS) {
    const scale = halves[bytes[at] | (bytes[at + 1] << 8)];
    for (let i = 0; i < WEIGHTS; i++) out[to + i] = scale * codes[at + 2 + i];
  }
  return out;
}

/** d and m as float16, then 32 nibbles as in Q4_0: w = d·q + m, each term exact in a double, rounded once. */
function dequantizeQ41(bytes: Uint8Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const halves = halfFloatTable();
  const out = new Float32Array((bytes.length / 20) * WEIGHTS);
  for (let at = 0, to = 0; at < bytes.length; at += 20, to += WEIGHTS) {
    const scale = halves[bytes[at] | (bytes[at + 1] << 8)];
    const minimum = halves[bytes[at + 2] | (bytes[at + 3] << 8)];
    for (let i = 0; i < 16; i++) {
      const pair = bytes[at + 4 + i];
      out[to + i] = scale * (pair & 15) + minimum;
      out[to + 16 + i] = scale * (pair >>> 4) + minimum;
    }
  }
  return out;
}

/** d (and, with `hasMinimum`, m) as float16, 32 fifth bits, then 32 nibbles as in Q4_0: w = d·(q − 16), or d·q + m. */
function dequantizeFiveBits(bytes: Uint8Array<ArrayBuffer>, hasMinimum: boolean): Float32Array<ArrayBuffer> {
  const halves = halfFloatTable();
  const size = hasMinimum ? 24 : 22;
  const out = new Float32Array((bytes.length / size) * WEIGHTS);
  for (let at = 0, to = 0; at < bytes.length; at += size, to += WEIGHTS) {
    const scale = halves[bytes[at] | (bytes[at + 1] << 8)];
    const minimum = hasMinimum ? halves[bytes[at + 2] | (bytes[at + 3] << 8)] : 0;
    const high = at + size - 20;
    for (let i = 0; i < WEIGHTS; i++) {
      const nibble = (bytes[high + 4 + (i & 15)] >>> ((i >> 4) << 2)) & 15;
      const code = nibble | (((bytes[high + (i >> 3)] >>> (i & 7)) & 1) << 4);
      out[to + i] = hasMinimum ? scale * code + minimum : scale * (code - 16);
    }
  }
  return out;
}

/** The levels of Q4_0: w = d·(q − 8). */
const EVEN = Float64Array.from({ length: 16 }, (_, code) => code - 8);
/** Those of IQ4_NL, closer together near 0. */
const NON_LINEAR = Float64Array.of(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);

/** d as float16, then 32 nibbles q, first the low halves of 16 bytes, then the high ones: w = d·level(q). */
function dequantizeLevels(bytes: Uint8Array<ArrayBuffer>, levels: Float64Array): Float32Array<ArrayBuffer> {
  const halves = halfFloatTable();
  const out = new Float32Array((bytes.length / 18) * WEIGHTS);
  for (let at = 0, to = 0; at < bytes.length; at += 18, to += WEIGHTS) {
    const scale = halves[bytes[at] | (bytes[at + 1] << 8)];
    for (let i = 0; i < 16; i++) {
      const pair = bytes[at + 2 + i];
      out[to + i] = scale * levels[pair & 15];
      out[to + 16 + i] = scale * levels[pair >>> 4];
    }
  }
  return out;
}

/** The block layouts that are read, by their GGUF names. Values equal the `gguf` package's dequantization bit for bit. */
export const BLOCK_LAYOUTS = {
  F32: { weights: 1, bytes: 4, dequantize: (bytes) => new Float32Array(bytes.buffer) },
  F16: { weights: 1, bytes: 2, dequantize: (bytes) => halfToFloat(new Uint16Array(bytes.buffer)) },
  BF16: { weights: 1, bytes: 2, dequantize: (bytes) => bfloatToFloat(new Uint16Array(bytes.buffer)) },
  Q8_0: { weights: WEIGHTS, bytes: 34, dequantize: dequantizeQ80 },
  Q4_0: { weights: WEIGHTS, bytes: 18, dequantize: (bytes) => dequantizeLevels(bytes, EVEN) },
  Q4_1: { weights: WEIGHTS, bytes: 20, dequantize: dequantizeQ41 },
  Q5_0: { weights: WEIGHTS, bytes: 22, dequantize: (bytes) => dequantizeFiveBits(bytes, false) },
  Q5_1: { weights: WEIGHTS, bytes: 24, dequantize: (bytes) => dequantizeFiveBits(bytes, true) },
  IQ4_NL: { weights: WEIGHTS, bytes: 18, dequantize: (bytes) => dequantizeLevels(bytes, NON_LINEAR) },
  Q2_K: { weights: 256, bytes: 84, dequantize: dequantizeQ2K },
  Q3_K: { weights: 256, bytes: 110, dequantize: dequantizeQ3K },
  Q4_K: { weights: 256, bytes: 144, dequantize: dequantizeQ4K },
  Q5_K: { weights: 256, bytes: 176, dequantize: dequantizeQ5K },
  Q6_K: { weights: 256, bytes: 210, dequantize: dequantizeQ6K },
} as const satisfies Readonly<Record<string, BlockLayout>>;

/** ggml's numbers for the layouts that are read. */
export const BLOCK_LAYOUT_NUMBERS: ReadonlyMap<number, keyof typeof BLOCK_LAYOUTS> = new Map([
  [0, "F32"],
  [1, "F16"],
  [30, "BF16"],
  [8, "Q8_0"],
  [2, "Q4_0"],
  [3, "Q4_1"],
  [6, "Q5_0"],
  [7, "Q5_1"],
  [10, "Q2_K"],
  [11, "Q3_K"],
  [12, "Q4_K"],
  [13, "Q5_K"],
  [14, "Q6_K"],
  [20, "IQ4_NL"],
]);

/** ggml's names of the tensor types that are not read, for the error. */
export const OTHER_TENSOR_TYPES: ReadonlyMap<number, string> = new Map(
  Object.entries({
    Q8_1: 9,
    Q8_K: 15,
    IQ2_XXS: 16,
    IQ2_XS: 17,
    IQ3_XXS: 18,
    IQ1_S: 19,
    IQ3_S: 21,
    IQ2_S: 22,
    IQ4_XS: 23,
    I8: 24,
    I16: 25,
    I32: 26,
    I64: 27,
    F64: 28,
    IQ1_M: 29,
    TQ1_0: 34,
    TQ2_0: 35,
    MXFP4: 39,
  }).map(([name, number]) => [number, name]),
);

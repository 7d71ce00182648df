import { halfFloatTable } from "./half-floats.js";

/** bytes [blocks · size], at offset 0 of their buffer -> values [blocks · 256] */
type Dequantize = (bytes: Uint8Array<ArrayBuffer>) => Float32Array<ArrayBuffer>;

const WEIGHTS = 256;

/** Calls `fill` for each block with where its bytes begin and where its values go. */
function eachBlock(
  bytes: Uint8Array<ArrayBuffer>,
  size: number,
  fill: (at: number, to: number, out: Float32Array<ArrayBuffer>) => void,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array((bytes.length / size) * WEIGHTS);
  for (let at = 0, to = 0; at < bytes.length; at += size, to += WEIGHTS) fill(at, to, out);
  return out;
}

const half = (bytes: Uint8Array, at: number): number => halfFloatTable()[bytes[at] | (bytes[at + 1] << 8)];
const signed = (byte: number): number => (byte << 24) >> 24;

// Products of a scale (11 bits), a block's scale (4 to 8) and a code (2 to 6) have at most 24 bits: exact in float32, so that
// a double rounded once at the end gives the same bits as float32 at each step.

/** 16 bytes of scale and minimum by halves, 64 bytes of 2-bit codes, d and dmin as float16: w = d·s·q − dmin·m. */
export const dequantizeQ2K: Dequantize = (bytes) =>
  eachBlock(bytes, 84, (at, to, out) => {
    const [d, dmin] = [half(bytes, at + 80), half(bytes, at + 82)];
    for (let group = 0; group < 16; group++) {
      const both = bytes[at + group];
      const [scale, minimum] = [d * (both & 15), dmin * (both >>> 4)];
      const from = at + 16 + (group >> 3) * 32 + (group & 1) * 16;
      const shift = group & 6;
      for (let i = 0; i < 16; i++) out[to + group * 16 + i] = scale * ((bytes[from + i] >>> shift) & 3) - minimum;
    }
  });

/** 32 bytes of high bits, 64 of 2-bit codes, 12 of 6-bit scales, d as float16: w = d·(s − 32)·(q − 4·(1 − high)). */
export const dequantizeQ3K: Dequantize = (bytes) =>
  eachBlock(bytes, 110, (at, to, out) => {
    const d = half(bytes, at + 108);
    const scales = at + 96;
    for (let group = 0; group < 16; group++) {
      const low = (bytes[scales + (group & 7)] >>> ((group >> 3) << 2)) & 15;
      const high = (bytes[scales + 8 + (group & 3)] >>> ((group >> 2) << 1)) & 3;
      const scale = d * ((low | (high << 4)) - 32);
      const column = (group & 1) * 16;
      const from = at + 32 + (group >> 3) * 32 + column;
      const [shift, bit] = [group & 6, group >> 1];
      for (let i = 0; i < 16; i++) {
        const missing = ((bytes[at + column + i] >>> bit) & 1) ^ 1;
        out[to + group * 16 + i] = scale * (((bytes[from + i] >>> shift) & 3) - 4 * missing);
      }
    }
  });

/** Scale and minimum of one of 8 groups, 6 bits each, out of 12 bytes. */
function scaleAndMinimum(bytes: Uint8Array, at: number, group: number): readonly [number, number] {
  if (group < 4) return [bytes[at + group] & 63, bytes[at + 4 + group] & 63];
  const both = bytes[at + 4 + group];
  return [(both & 15) | ((bytes[at + group - 4] >>> 2) & 48), (both >>> 4) | ((bytes[at + group] >>> 2) & 48)];
}

/** d and dmin as float16, 12 bytes of 6-bit scales and minima, 128 of nibbles: w = d·s·q − dmin·m. */
export const dequantizeQ4K: Dequantize = (bytes) =>
  eachBlock(bytes, 144, (at, to, out) => {
    const [d, dmin] = [half(bytes, at), half(bytes, at + 2)];
    for (let group = 0; group < 8; group++) {
      const [s, m] = scaleAndMinimum(bytes, at + 4, group);
      const [scale, minimum] = [d * s, dmin * m];
      const from = at + 16 + (group >> 1) * 32;
      const shift = (group & 1) * 4;
      for (let i = 0; i < 32; i++) out[to + group * 32 + i] = scale * ((bytes[from + i] >>> shift) & 15) - minimum;
    }
  });

/** As Q4_K, with 32 bytes of fifth bits before the nibbles. */
export const dequantizeQ5K: Dequantize = (bytes) =>
  eachBlock(bytes, 176, (at, to, out) => {
    const [d, dmin] = [half(bytes, at), half(bytes, at + 2)];
    for (let group = 0; group < 8; group++) {
      const [s, m] = scaleAndMinimum(bytes, at + 4, group);
      const [scale, minimum] = [d * s, dmin * m];
      const from = at + 48 + (group >> 1) * 32;
      const shift = (group & 1) * 4;
      for (let i = 0; i < 32; i++) {
        const code = ((bytes[from + i] >>> shift) & 15) | (((bytes[at + 16 + i] >>> group) & 1) << 4);
        out[to + group * 32 + i] = scale * code - minimum;
      }
    }
  });

/** 128 bytes of low nibbles, 64 of high bit pairs, 16 signed scales, d as float16: w = d·s·(q − 32). */
export const dequantizeQ6K: Dequantize = (bytes) =>
  eachBlock(bytes, 210, (at, to, out) => {
    const d = half(bytes, at + 208);
    for (let row = 0; row < 8; row++) {
      const low = at + (row >> 2) * 64 + (row & 1) * 32;
      const high = at + 128 + (row >> 2) * 32;
      const [lowShift, highShift] = [((row >> 1) & 1) * 4, (row & 3) * 2];
      for (let i = 0; i < 32; i++) {
        const code = ((bytes[low + i] >>> lowShift) & 15) | (((bytes[high + i] >>> highShift) & 3) << 4);
        out[to + row * 32 + i] = d * signed(bytes[at + 192 + row * 2 + (i >> 4)]) * (code - 32);
      }
    }
  });

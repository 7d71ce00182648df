import { floatToHalf, halfToFloat } from "./half-floats.js";

const WEIGHTS = 32;

/** Whole numbers on one scale for each 32: w = scale · level, or w = scale · level + minimum. */
export interface ScaledLevels {
  /** [n], a multiple of 32; what the block can hold */
  readonly levels: Int16Array;
  /** [n / 32], exact in float16 */
  readonly scales: Float32Array;
  /** [n / 32], exact in float16; for Q4_1 */
  readonly minima?: Float32Array | undefined;
}

/** A block layout that holds whole numbers on a scale, with the range of its levels. */
export const LEVEL_LAYOUTS = {
  /** d as float16, then 32 nibbles level + 8, first the low halves of 16 bytes, then the high ones. */
  Q4_0: { least: -8, greatest: 7, bytes: 18 },
  /** d and m as float16, then 32 nibbles. */
  Q4_1: { least: 0, greatest: 15, bytes: 20 },
  /** d as float16, then 32 signed bytes. */
  Q8_0: { least: -128, greatest: 127, bytes: 34 },
} as const;

/** A layout of whole numbers on a scale. */
export type LevelLayout = keyof typeof LEVEL_LAYOUTS;

/** Blocks of 32 weights, as `dequantize` in gguf-blocks.ts reads them. -> [n / 32 · bytes] */
export function encodeLevels(layout: LevelLayout, { levels, scales, minima }: ScaledLevels): Uint8Array<ArrayBuffer> {
  const { bytes: size, least } = LEVEL_LAYOUTS[layout];
  const out = new Uint8Array(scales.length * size);
  const view = new DataView(out.buffer);
  const halves = floatToHalf(scales);
  const lowest = minima === undefined ? undefined : floatToHalf(minima);
  const start = layout === "Q4_1" ? 4 : 2;
  for (let block = 0, at = 0; block < scales.length; block++, at += size) {
    view.setUint16(at, halves[block], true);
    if (lowest !== undefined) view.setUint16(at + 2, lowest[block], true);
    const from = block * WEIGHTS;
    if (layout === "Q8_0") for (let i = 0; i < WEIGHTS; i++) view.setInt8(at + start + i, levels[from + i]);
    else for (let i = 0; i < 16; i++) out[at + start + i] = (levels[from + i] - least) | ((levels[from + 16 + i] - least) << 4);
  }
  return out;
}

/** The nearest float16 of each value, as float32. values [n] -> [n] */
export const toHalfAndBack = (values: Float32Array): Float32Array<ArrayBuffer> => halfToFloat(floatToHalf(values));

/** A uniform grid: w = scale · (code − zero), codes 0 to 2^bits − 1. */
export interface Grid {
  readonly scale: number;
  readonly zero: number;
}

/** Weights that share a grid: `values` from `start` up to, not including, `end`. */
export interface Span {
  readonly values: Float32Array;
  readonly start: number;
  readonly end: number;
}

// All arithmetic is float32, step by step, as in the authors' code: Math.fround after each operation.
const { fround } = Math;
const ROUNDER = 1.5 * 2 ** 52;

/** To the nearest integer, ties to the even one, as torch.round; for |value| < 2^51. */
export const roundHalfToEven = (value: number): number => value + ROUNDER - ROUNDER;

/**
 * GPTQ's grid: from the least to the greatest weight, widened to hold 0; symmetric: the same range on both sides of 0.
 * @see Frantar et al. 2023 (GPTQ), its quantizer with per-channel min–max parameters
 */
export const minMaxGrid = (span: Span, bits: number, symmetric: boolean): Grid => gridOver(extremes(span), bits, symmetric);

/** The least and the greatest weight of a group. */
export interface Extremes {
  readonly least: number;
  readonly greatest: number;
}

/** `minMaxGrid` of weights whose extremes are known. */
export function gridOver(range: Extremes, bits: number, symmetric: boolean): Grid {
  const steps = 2 ** bits - 1;
  let least = Math.min(range.least, 0);
  let greatest = Math.max(range.greatest, 0);
  if (symmetric) {
    greatest = Math.max(-least, greatest);
    if (least < 0) least = -greatest;
  }
  if (fround(fround(greatest - least) / steps) === 0) [least, greatest] = [-1, 1]; // zeros alone, or too small for a float32 step
  const scale = fround(fround(greatest - least) / steps);
  return { scale, zero: symmetric ? (steps + 1) / 2 : roundHalfToEven(fround(-least / scale)) };
}

const NARROWEST_RANGE = fround(1e-5);

/**
 * AWQ's grid of a group, with zero point: from the least to the greatest weight; the code of 0 is held within the range, so
 * a group far from 0 is clipped.
 * @see Lin et al. 2024 (AWQ), its group quantizer with zero_point
 */
export function groupGrid(span: Span, bits: number): Grid {
  const steps = 2 ** bits - 1;
  const { least, greatest } = extremes(span);
  const scale = fround(Math.max(fround(greatest - least), NARROWEST_RANGE) / steps);
  return { scale, zero: clamp(-roundHalfToEven(fround(least / scale)), 0, steps) };
}

/** The nearest codes of a span's weights, into `codes` at the same places. */
export function quantizeInto(
  codes: Uint8Array,
  { values, start, end }: Span,
  { scale, zero, bits }: Grid & { bits: number },
): void {
  const steps = 2 ** bits - 1;
  for (let i = start; i < end; i++) {
    const code = roundHalfToEven(fround(values[i] / scale)) + zero;
    codes[i] = code < 0 ? 0 : code > steps ? steps : code;
  }
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high) + 0; // + 0: no −0

function extremes({ values, start, end }: Span): Extremes {
  let least = values[start];
  let greatest = least;
  for (let i = start + 1; i < end; i++) {
    const value = values[i];
    if (value < least) least = value;
    else if (value > greatest) greatest = value;
  }
  return { least, greatest };
}

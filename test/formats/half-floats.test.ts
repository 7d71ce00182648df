import { expect, test } from "vitest";

import { bfloatToFloat, floatToBfloat, floatToHalf, halfToFloat } from "../../lib/formats/half-floats.js";

const all = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);

/** IEEE 754 binary16 by its definition. */
function halfByDefinition(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? mantissa * 2 ** -24 : (1024 + mantissa) * 2 ** (exponent - 25));
}

test("every float16 becomes the float32 that its definition says, zeros with their sign", () => {
  const floats = halfToFloat(all);
  const wrong = [...all].filter((bits) => !Object.is(floats[bits], halfByDefinition(bits)));
  expect(wrong).toEqual([]);
});

test("a float16 NaN keeps its payload", () => {
  const bits = new Uint32Array(halfToFloat(Uint16Array.of(0x7c01, 0xfe05)).buffer);
  expect([...bits]).toEqual([0x7f802000, 0xffc0a000]);
});

test("every bfloat16 becomes the float32 with the same upper half", () => {
  const bits = new Uint32Array(bfloatToFloat(all).buffer);
  expect([...bits].every((pattern, i) => pattern === i * 65_536)).toBe(true);
});

const numbers = all.filter((bits) => (bits & 0x7c00) !== 0x7c00);

test("every float16 comes back from float32, infinities too", () => {
  const bits = [...numbers, 0x7c00, 0xfc00];
  expect([...floatToHalf(halfToFloat(Uint16Array.from(bits)))]).toEqual(bits);
});

test("between two float16 the nearer is taken, and the even one in the middle", () => {
  const lower = numbers.filter((bits) => bits < 0x7bff);
  const [low, high] = [halfToFloat(lower), halfToFloat(lower.map((bits) => bits + 1))];
  const middles = low.map((value, i) => (value + high[i]) / 2); // exact: one bit more
  expect(floatToHalf(middles)).toEqual(lower.map((bits) => bits + (bits & 1)));
  const nudged = (by: number): Float32Array => middles.map((value) => value * (1 + by));
  expect(floatToHalf(nudged(2 ** -22))).toEqual(lower.map((bits) => bits + 1));
  expect(floatToHalf(nudged(-(2 ** -22)))).toEqual(lower);
});

test("what float16 can't hold becomes infinity, what is too small 0 with its sign", () => {
  expect([...floatToHalf(Float32Array.of(65_519, 65_520, -1e9, 2 ** -25, -(2 ** -25) * 1.01, NaN))]).toEqual([
    ...[0x7bff, 0x7c00, 0xfc00, 0, 0x8001, 0x7e00],
  ]);
});

test("bfloat16 is the nearest, ties to even", () => {
  const patterns = Uint32Array.of(0x3f808000, 0x3f818000, 0x3f808001, 0xbf807fff);
  expect([...floatToBfloat(new Float32Array(patterns.buffer))]).toEqual([0x3f80, 0x3f82, 0x3f81, 0xbf80]);
});

import { expect, test } from "vitest";

import { bfloatToFloat, halfToFloat } from "../../lib/formats/half-floats.js";

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

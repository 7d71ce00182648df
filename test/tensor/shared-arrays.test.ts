import { describe, expect, test } from "vitest";

import { sharedArrays } from "../../lib/tensor/shared-arrays.js";

describe("arrays that TensorFlow shares", () => {
  const lengths = [3, 16, 1, 100];
  const arrays = sharedArrays(lengths);

  test("have the lengths asked for, are zero and do not overlap", () => {
    expect(arrays.map(({ length }) => length)).toEqual(lengths);
    expect(arrays.every((array) => array.every((value) => value === 0))).toBe(true);
    arrays.forEach((array, i) => array.fill(i + 1));
    arrays.forEach((array, i) => expect(new Set(array)).toEqual(new Set([i + 1])));
  });

  test("begin a whole number of cache lines apart", () =>
    expect(new Set(arrays.map(({ byteOffset }) => byteOffset % 64))).toEqual(new Set([48])));
});

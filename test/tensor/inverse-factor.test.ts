import { describe, expect, test, vi } from "vitest";

import { createRandom } from "../../lib/core/random.js";
import { inverseFactorInto } from "../../lib/tensor/cholesky.js";
import { plainProduct, product, transposed } from "../../lib/tensor/matrix-product.js";
import type { Matrix } from "../../lib/tensor/matrix-product.js";

const random = createRandom("matrices");
const matrix = (rows: number, cols: number): Matrix => ({
  rows,
  cols,
  values: Float32Array.from({ length: rows * cols }, () => random.normal()),
});

describe.each(["cpu", "wasm"])("on %s", (backend) => {
  test.each([1, 2, 63, 64, 65, 150, 200])("A⁻¹ = FFᵀ with F lower triangular, of width %i", async (width) => {
    vi.resetModules();
    vi.stubEnv("TOUCHSTONE_BACKEND", backend);
    const { inverseFactorInto: factor } = await import("../../lib/tensor/cholesky.js");
    const inputs = matrix(width, 2 * width + 5);
    const a = { rows: width, cols: width, values: plainProduct(inputs, transposed(inputs)) };
    const f = { ...a, values: a.values.slice() };
    expect(await factor(f.values, width)).toBe(true);
    const inverse = { ...a, values: plainProduct(f, transposed(f)) };
    plainProduct(inverse, a).forEach((value, i) => {
      const [row, col] = [Math.floor(i / width), i % width];
      expect(Math.abs(value - (row === col ? 1 : 0))).toBeLessThan(2e-4);
      if (col > row) expect(f.values[i]).toBe(0);
      if (col === row) expect(f.values[i]).toBeGreaterThan(0);
    });
  });

  test("a product is the sum of products", async () => {
    vi.resetModules();
    vi.stubEnv("TOUCHSTONE_BACKEND", backend);
    const { product: multiply } = await import("../../lib/tensor/matrix-product.js");
    const [a, b] = [matrix(70, 80), matrix(80, 90)];
    const [found, expected] = [await multiply(a, b), plainProduct(a, b)];
    found.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThan(1e-4));
  });
});

test.each([
  ["a negative direction", [1, 2, 2, 1]],
  ["a zero", [1, 1, 1, 1]],
  ["NaN", [1, 0, 0, NaN]],
])("a matrix with %s has no factor", async (_what, values) => {
  expect(await inverseFactorInto(Float32Array.from(values), 2)).toBe(false);
});

test("matrices that don't fit are refused", async () => {
  await expect(product(matrix(2, 3), matrix(2, 3))).rejects.toThrow("[2, 3] and [2, 3]");
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { toPoints, toUnits } from "../../../kernel/front/code-points.js";

test.each([
  ["conso", 5, 5],
  ['const x = "😀"; conso', 20, 21],
  ["😀😀", 1, 2],
  ["abc", 99, 3],
  ["", 0, 0],
])("in %j, %i code points are %i UTF-16 units", (text, points, units) => expect(toUnits(text, points)).toBe(units));

test("every code point's offset comes back from its units", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.nat(20), (text, points) => {
      const length = Array.from(text).length;
      expect(toPoints(text, toUnits(text, points))).toBe(Math.min(points, length));
    }),
  );
});

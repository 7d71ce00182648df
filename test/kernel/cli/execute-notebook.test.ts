import fc from "fast-check";
import { expect, test } from "vitest";

import { linewise } from "../../../kernel/cli/execute-notebook.js";

test("lines come out whole, whatever the pieces they came in", () => {
  const line = fc.string({ minLength: 1 }).filter((text) => !text.includes("\n"));
  fc.assert(
    fc.property(fc.array(line), fc.integer({ min: 1, max: 7 }), (lines, size) => {
      const seen: string[] = [];
      const feed = linewise((one) => seen.push(one));
      const text = lines.map((one) => `${one}\n`).join("");
      for (let i = 0; i < text.length; i += size) feed(text.slice(i, i + size));
      expect(seen).toEqual(lines);
    }),
  );
});

test("an unfinished line waits", () => {
  const seen: string[] = [];
  const feed = linewise((one) => seen.push(one));
  feed("a\nb");
  expect(seen).toEqual(["a"]);
});

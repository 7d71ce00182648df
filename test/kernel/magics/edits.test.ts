import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRewriter, offsetAt, positionAt, toSource, toTranslated } from "../../../kernel/magics/edits.js";

describe("edits of a text", () => {
  const rewriter = createRewriter("const t = %trust x\nt");
  rewriter.keep(10);
  rewriter.replace(16, "await $magic.trust`");
  rewriter.keep(18);
  rewriter.replace(18, "`");
  const { translated, edits } = rewriter.finish();

  test("the rest is copied around what is replaced", () => expect(translated).toBe("const t = await $magic.trust` x`\nt"));

  test.each([
    [0, 0],
    [10, 10],
    [12, 10],
    [17, 30],
    [19, 33],
  ])("source offset %i is at %i in the translation", (source, target) => expect(toTranslated(edits, source)).toBe(target));

  test.each([
    [6, 6],
    [20, 10],
    [30, 17],
    [33, 19],
  ])("translated offset %i is at %i in the source", (target, source) => expect(toSource(edits, target)).toBe(source));

  test("what is not replaced maps there and back, for any edits", () => {
    const cuts = fc.array(
      fc.record({ keep: fc.integer({ min: 1, max: 5 }), drop: fc.nat(3), text: fc.string({ maxLength: 6 }) }),
    );
    fc.assert(
      fc.property(cuts, (steps) => {
        const source = "abcdefghijklmnopqrstuvwxyz".repeat(4);
        const made = createRewriter(source);
        const kept: number[] = [];
        for (const { keep, drop, text } of steps.slice(0, 12)) {
          kept.push(made.at);
          made.keep(made.at + keep);
          made.replace(made.at + drop, text);
        }
        const result = made.finish();
        for (const offset of kept) {
          expect(result.translated[toTranslated(result.edits, offset)]).toBe(source[offset]);
          expect(toSource(result.edits, toTranslated(result.edits, offset))).toBe(offset);
        }
      }),
    );
  });
});

test("an offset is a line and a column, and back", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "\n", "é")), fc.nat(30), (letters, offset) => {
      const text = letters.join("");
      const within = Math.min(offset, text.length);
      expect(offsetAt(text, positionAt(text, within))).toBe(within);
    }),
  );
});

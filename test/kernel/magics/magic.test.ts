import { describe, expect, test } from "vitest";
import { helpText, usage } from "../../../kernel/magics/help-text.js";
import { magic } from "../../../kernel/magics/magic.js";
import { choice, flag, integer, list, required, text } from "../../../kernel/magics/parameters.js";
import { allMagics, noSuchMagic } from "../../../kernel/magics/registry.js";
import { quietContext } from "./quiet-context.js";

const sample = magic({
  name: "sample",
  kind: "line",
  summary: "Draws items",
  positional: { suites: required(list(text("where from"))) },
  options: {
    count: integer("how many", { min: 1, default: 3 }),
    order: choice("in which order", ["given", "random"]),
    quiet: flag("no line"),
  },
  examples: ["%sample mini --count 2"],
  result: "ColumnTable",
  load:
    () =>
    ({ suites, count, order, quiet }) => ({ first: suites[0].toUpperCase(), next: count + 1, order, quiet }),
});

const context = quietContext();

describe("a magic", () => {
  test("its body gets typed arguments, from its line as from its function form", async () => {
    const expected = { first: "MINI", next: 6, order: "random", quiet: true };
    const words = ["mini", "--count", "5", "--order", "random", "--quiet"].map((word) => ({ kind: "text", text: word }) as const);
    expect(await sample.run({ kind: "line", words }, context)).toEqual(expected);
    expect(await sample.run({ kind: "call", values: ["mini", { count: 5, order: "random", quiet: true }] }, context)).toEqual(
      expected,
    );
  });

  test("its usage shows what must be given and what may be", () => {
    expect(usage(sample)).toBe("%sample SUITES,… [--count N] [--order given|random] [--quiet]");
  });

  test("its help names every option, its values and its default", () => {
    const shown = helpText(sample);
    expect(shown).toContain("--count N             how many; default 3");
    expect(shown).toContain("in which order; one of given, random");
    expect(shown).toContain("await sample(suites, { count, order, quiet })  // ColumnTable");
  });
});

describe("the catalogue", () => {
  test.each(Object.entries(allMagics()))(
    "%s has a summary without a full stop, an example of its own, and help",
    (name, entry) => {
      expect(entry.name).toBe(name);
      expect(entry.summary).toMatch(/^[A-Z].*[^.]$/);
      expect(entry.examples.some((example) => example.includes(`%${name}`))).toBe(true);
      expect(helpText(entry)).toContain(usage(entry));
    },
  );

  test.each([
    ["hepl", "%help"],
    ["lsmagik", "%lsmagic"],
  ])("%%%s is answered with %s", (wrong, right) => expect(noSuchMagic(wrong).message).toContain(`Did you mean ${right}?`));
});

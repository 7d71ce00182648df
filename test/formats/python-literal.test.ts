import fc from "fast-check";
import { expect, test } from "vitest";

import { parsePythonLiteral, readPythonLiteral } from "../../lib/formats/python-literal.js";

const parse = (text: string) => parsePythonLiteral(text, "cell");

// repr() of CPython 3.11
test.each([
  [
    `{'agreeability_num': -1, 'output': "it's"}`,
    new Map<string, unknown>([
      ["agreeability_num", -1],
      ["output", "it's"],
    ]),
  ],
  [`'a\\n\\t\\\\ \\' \\x1b \\u4f60 \\U0001f600'`, "a\n\t\\ ' \x1b 你 😀"],
  ["[1, 2.5, -3e2, True, False, None, ()]", [1, 2.5, -300, true, false, null, []]],
  ["('a',)", ["a"]],
  ["{}", new Map()],
  [" 'x' ", "x"],
  ["'\\0\\d'", "\0\\d"],
  [
    "{1: 'a', 2: 'b'}",
    new Map([
      ["1", "a"],
      ["2", "b"],
    ]),
  ],
  ["[ # one\n 'a' 'b'  # both\n \"c\",\n\n]", ["abc"]],
  ['"""a "b"\n\'c\'"""', "a \"b\"\n'c'"],
  ["r'\\d\\'' u'x'", "\\d\\'x"],
  ["'a' \\\n  'b'", "ab"],
])("%s is read as Python reads it", (text, value) => expect(parse(text)).toEqual(value));

test("a literal in source ends where it ends, and an f-string looks its fields up", () => {
  const names = new Map([["TASK", new Map([["sst2", "Say."]])]]);
  const text = `x = f"{{{TASK['sst2']}}}\\n" "b"\n"c"`;
  expect(readPythonLiteral(text, { where: "file.py", at: 4, names })).toEqual({ value: "{Say.}\nb", end: text.length - 4 });
  expect(() => readPythonLiteral(`f"{TASK['mnli']}"`, { where: "file.py", at: 0, names })).toThrow(/file.py, offset 0/);
});

test.each([
  ["{'a': 1", /offset 7: found the end of the text/],
  ["{'a' 1}", /a colon/],
  ["'abc", /the closing '/],
  ["1 2", /the end of the literal/],
  ["__import__('os')", /a text, number/],
  ["'\\xg0'", /2 hex digits/],
  ["{None: 2}", /a text or an integer as key/],
  ["{1.5: 2}", /a text or an integer as key/],
  ["'a\nb'", /the closing '/],
  ["b'a'", /without a prefix of bytes/],
  ["f'{open(1)}'", /of an f-string only fields/],
  ["f'{x!r}'", /of an f-string only fields/],
  ["[".repeat(100), /levels of nesting/],
])("%s is refused with its place", (text, message) => expect(() => parse(text)).toThrow(message));

test("any text comes back from its literal, in either quote style", () =>
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.constantFrom("'", '"'), (text, quote) => {
      const escaped = text.replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`).replaceAll("\n", "\\n");
      expect(parse(`${quote}${escaped}${quote}`)).toBe(text);
    }),
  ));

test("no input makes it throw anything but its own error", () =>
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...Array.from("{}[]()'\",:\\xuU019 .eNoneTrue-+")) }), (text) => {
      try {
        parse(text);
      } catch (error) {
        expect(error).toHaveProperty("name", "InputError");
      }
    }),
  ));

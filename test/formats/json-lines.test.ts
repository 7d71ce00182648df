import fc from "fast-check";
import { expect, test } from "vitest";

import { parseCsv } from "../../lib/formats/csv.js";
import { formatJsonLines, parseJsonLines } from "../../lib/formats/json-lines.js";

const read = (text: string) => parseJsonLines(Buffer.from(text), "file");

test("values come back with their line numbers", () =>
  expect(read('{"a":1}\n[2]\n')).toEqual({
    rows: [
      { line: 1, value: { a: 1 } },
      { line: 2, value: [2] },
    ],
    wholeBytes: 12,
    tornBytes: 0,
  }));

test.each([
  ["without a line end", '{"a":1}\n{"a":', 8, 5],
  ["that is whole JSON without a line end", '{"a":1}\n{"a":2}', 8, 7],
  ["that can't be read", '{"a":1}\n\0\0\0\n', 8, 4],
])("a last line %s is torn", (_, text, wholeBytes, tornBytes) => {
  const { rows, ...bytes } = read(text);
  expect([rows.length, bytes]).toEqual([1, { wholeBytes, tornBytes }]);
});

test("a broken line before the last is an error with its number", () =>
  expect(() => read('{"a":1}\n{\n{}\n')).toThrow("file, line 2"));

test("after a cut at any byte the whole lines are read and the rest is torn", () =>
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 6 }), fc.nat(), (values, place) => {
      const bytes = Buffer.from(formatJsonLines(values));
      const cut = bytes.subarray(0, bytes.length === 0 ? 0 : place % (bytes.length + 1));
      const { rows, wholeBytes, tornBytes } = parseJsonLines(cut, "file");
      expect(wholeBytes + tornBytes).toBe(cut.length);
      expect(rows.map(({ value }) => value)).toEqual(
        values.slice(0, rows.length).map((value): unknown => JSON.parse(JSON.stringify(value))),
      );
      expect(rows.length).toBe(cut.toString("utf8").split("\n").length - 1);
    }),
  ));

test("CSV cells may hold quotes, commas and line ends", () =>
  expect(parseCsv('a,b\n"x, ""y""\nz",2\n', ["a"], "file")).toEqual([{ a: 'x, "y"\nz', b: "2" }]));

test.each([
  ["a,b\n1,2\n", /no column c/],
  ["a,c\n1\n", /file: found/],
  ['a,c\n"1,2', /file: found/],
])("a CSV file of %j is refused", (text, message) => expect(() => parseCsv(text, ["c"], "file")).toThrow(message));

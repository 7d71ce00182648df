import { expect, test } from "vitest";
import { splitWords } from "../../../kernel/magics/words.js";

test.each([
  [" a  b ", ["a", "b"]],
  ['--x "two words" c', ["--x", "two words", "c"]],
  ["--x='a b',c", ["--x=a b,c"]],
  ["it's 5' tall", ["it's", "5'", "tall"]],
  ["http://x/y // note", ["http://x/y"]],
  ['"open quote', ['"open', "quote"]],
  ['""', [""]],
])("%j has the words %j", (line, words) => {
  expect(splitWords([line], [])).toEqual(words.map((word) => ({ kind: "text", text: word })));
});

test("values stand between the words where their braces stood", () => {
  expect(splitWords([" a ", " b"], [7])).toEqual([
    { kind: "text", text: "a" },
    { kind: "value", value: 7 },
    { kind: "text", text: "b" },
  ]);
});

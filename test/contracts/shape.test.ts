import { expect, test } from "vitest";

import { lonelyFolders, MAX_FILE_LINES, MAX_FUNCTION_LINES, shapeOf } from "../../.ci/shape-rules.js";

const repeated = (line: string, count: number): string => Array.from({ length: count }, () => line).join("\n");

test.each([
  ["a file that is too long", "lib/a/b.ts", repeated("// x", MAX_FILE_LINES + 1), /lib\/a\/b\.ts: 301 lines/],
  [
    "a function that is too long",
    "lib/a/b.ts",
    `\nfunction f() {\n${repeated("g();", MAX_FUNCTION_LINES)}\n}`,
    /b\.ts:2: a function of 62 lines/,
  ],
  [
    "an arrow function that is too long",
    "lib/a/b.ts",
    `const f = () => {\n${repeated("g();", MAX_FUNCTION_LINES)}\n};`,
    /b\.ts:1: a function of 62/,
  ],
  ["an export without a docstring", "lib/a/b.ts", "export const x = 1;", /b\.ts:1: the export x has no docstring/],
  ["an exported type without one", "lib/a/b.ts", "// no docstring\nexport interface Y {}", /b\.ts:2: the export Y/],
  ["a file called utils", "lib/a/utils.ts", "", /the name utils says nothing/],
  ["a folder called common", "lib/common/b.ts", "", /the name common says nothing/],
])("%s is found", (_what, path, text, finding) => {
  expect(shapeOf(path, text).findings.join("\n")).toMatch(finding);
});

test.each([
  ["a documented export", "/** What it is. */\nexport const x = 1;"],
  [
    "an overload whose first form is documented",
    "/** F. */\nexport function f(a: 1): 1;\nexport function f(a: 2): 2;\nexport function f(a: number) { return a; }",
  ],
  ["a re-export", 'export { x } from "./x.js";\nexport * from "./y.js";'],
  ["what is not exported", "const x = 1;"],
  ["a file of the greatest length", repeated("// x", MAX_FILE_LINES)],
])("%s is fine", (_what, text) => {
  expect(shapeOf("lib/a/b.ts", text).findings).toEqual([]);
});

test("a folder with one file is found, one with a file and a folder is not", () => {
  expect(lonelyFolders(["lib/a/x.ts", "lib/b/x.ts", "lib/b/c/y.ts", "lib/b/c/z.ts"])).toEqual(["lib/a: a folder with one file"]);
});

test("folders of declarations are laid out as TypeScript wants them", () => {
  expect(lonelyFolders(["kernel/a.ts", "kernel/types/node/index.d.ts"])).toEqual([]);
});

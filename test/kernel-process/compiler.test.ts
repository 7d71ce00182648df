import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { completeAt } from "../../kernel/compiler/complete.js";
import { judgeCompleteness } from "../../kernel/compiler/completeness.js";
import { convertCell } from "../../kernel/compiler/convert.js";
import { inspectAt } from "../../kernel/compiler/inspect.js";
import { commitCell, createWorkbench, resetWorkbench, type Workbench } from "../../kernel/compiler/workbench.js";
import { overview } from "../../kernel/magics/help-text.js";
import { allMagics } from "../../kernel/magics/registry.js";
import type { CompilerAnswer, Failure } from "../../kernel/link.js";

const SCOPE = ["display", "clearOutput", "input", "abortSignal", "aq", "op", "tf", "touchstone"];

let bench: Workbench;
let cell = 0;

beforeAll(() => {
  bench = createWorkbench();
  run(
    "/** Twice as much. */\nfunction twice(n: number): number {\n  return 2 * n;\n}\nconst table = { numRows: 3, numCols: 2 };",
  );
});
afterAll(() => bench.converter.close());

function run(code: string): void {
  expect(convertCell(bench, { cell: ++cell, count: cell, code }).kind).toBe("program");
  commitCell(bench, cell);
}

function failureOf(code: string): Failure {
  const answer = convertCell(bench, { cell: ++cell, count: cell, code });
  if (answer.kind !== "refused") throw new Error(`${code} was not refused`);
  return answer.failure;
}

describe("whether a cell can run", () => {
  test.each([
    ["1 + 1", "complete"],
    ["", "complete"],
    ["function f() {\n  return 1;\n}", "complete"],
    ["%help", "complete"],
    ["%help?", "complete"],
    ["%nosuch", "complete"],
    ["const t = %help lsmagic", "complete"],
    ["const s = `a\nb`", "complete"],
    ["await Promise.resolve(1)", "complete"],
    ["function f() {", "incomplete"],
    ["f(1,", "incomplete"],
    ["[1, 2", "incomplete"],
    ["const s = `abc", "incomplete"],
    ["/* a remark", "incomplete"],
    ["if (x) {\n  y(", "incomplete"],
    ["1 +", "incomplete"],
    ["'open", "invalid"],
    ["const = 3 3", "invalid"],
    ["f(1))", "invalid"],
    ["}", "invalid"],
  ])("%j is %s", (code, status) => expect(judgeCompleteness(bench, code)).toMatchObject({ status }));

  test("an open bracket asks for two blanks more", () => {
    expect(judgeCompleteness(bench, "if (a) {\n  for (;;) {")).toMatchObject({ indent: "    " });
  });
});

/** The completions at the bar, and what they replace. */
function complete(marked: string): { readonly answer: CompilerAnswer; readonly texts: string[]; readonly replaced: string } {
  const cursor = marked.indexOf("|");
  const code = marked.replace("|", "");
  const answer = completeAt(bench, code, cursor);
  if (answer.kind !== "matches") return { answer, texts: [], replaced: "" };
  return { answer, texts: answer.matches.map(({ text }) => text), replaced: code.slice(answer.start, answer.end) };
}

describe("completion", () => {
  test.each([
    ["twi|", ["twice"], "twi"],
    ["table.num|", ["numCols", "numRows"], "num"],
    ["const a = 1\ntwi| + a", ["twice"], "twi"],
    ["%lsm|", ["%lsmagic"], "%lsm"],
    ["const t = %lsm|", ["%lsmagic"], "%lsm"],
    ["%help {table.num|", ["numCols", "numRows"], "num"],
    ["%help {table.num|}", ["numCols", "numRows"], "num"],
    ["%lsmagic\nconst b = %help {twi|", ["twice"], "twi"],
    ["%trust stereotype --li|", ["--limit"], "--li"],
    ["%trust stereotype --scorer d|", ["dt"], "d"],
    ["%trust stereotype --scorer=c|", ["comp"], "c"],
    ["%lsmagic |", [], ""],
    ["'%lsm| in a text'", [], ""],
  ])("%s offers %j in place of %j", (marked, expected, replaced) => {
    const found = complete(marked);
    expect(found.texts.sort()).toEqual(expected);
    expect(found.replaced).toBe(replaced);
  });

  test("values that only the session knows are asked from the runner", () => {
    expect(complete("%help ls|").answer).toEqual({
      kind: "values",
      magic: "help",
      parameter: "name",
      prefix: "ls",
      start: 6,
      end: 8,
    });
  });

  test("tells functions from constants", () => {
    expect(complete("twi|").answer).toMatchObject({ matches: [{ text: "twice", type: "function" }] });
  });
});

describe("inspection", () => {
  test("shows signature and documentation, and at more detail the source", () => {
    const short = String(inspectAt(bench, { code: "twice", cursor: 5, detail: 0 })["text/plain"]);
    expect(short).toContain("function twice(n: number): number\n\nTwice as much.");
    const long = String(inspectAt(bench, { code: "twice(1)", cursor: 2, detail: 1 })["text/plain"]);
    expect(long).toContain("return 2 * n;");
  });

  test("shows a magic's help on its line, but TypeScript's in its braces", () => {
    expect(String(inspectAt(bench, { code: "%help x", cursor: 3, detail: 0 })["text/plain"])).toContain("%help [NAME]");
    expect(String(inspectAt(bench, { code: "%help {table}", cursor: 9, detail: 0 })["text/plain"])).toContain("numRows: number");
  });

  test.each([
    ["a function of a package", "import * as fs from 'node:fs';\nfs.existsSync", "Returns `true` if the path exists"],
    ["a method of the language", "[1].map", "@param callbackfn A function that accepts up to three arguments"],
    ["a variable of the language", "Math", "An intrinsic object that provides basic mathematics"],
    ["a global of ours", "clearOutput", "Removes what the cell has shown"],
  ])("shows the documentation of %s, which is read only then", (_what, code, words) => {
    expect(String(inspectAt(bench, { code, cursor: code.length, detail: 0 })["text/plain"])).toContain(words);
  });

  test("of nothing is empty", () => expect(inspectAt(bench, { code: "  ", cursor: 1, detail: 0 })).toEqual({}));
});

describe("types across magics", () => {
  test.each([
    ["an error below a magic keeps its line", "%help\nconst s: string = 1", "2:7 TS2322"],
    ["an unknown name in braces is found at its column", "%help {zz}", "1:8 TS2304"],
    ["a result has its type", "const t = %results\nt.nosuch", "2:3 TS2339"],
    ["a result that does not fit is found at the name", "const w: string = %results", "1:7 TS2322"],
    ["a function form's options are checked", "await trust('stereotype', { limit: 'x' })", "1:29 TS2322"],
    ["Arquero is typed", "const n: string = aq.table({ a: [1] }).numRows()", "1:7 TS2322"],
  ])("%s", (_what, code, place) => expect(failureOf(code).traceback.join("\n")).toContain(place));
});

describe("what a cell has in scope without an import", () => {
  test.each([
    ["display", "display()", "1:1 TS2554"],
    ["display.progress", "for (const n of display.progress([1])) n.nosuch", "1:42 TS2339"],
    ["clearOutput", "clearOutput({ wait: 1 })", "1:15 TS2322"],
    ["input", "const n: number = await input('?')", "1:7 TS2322"],
    ["abortSignal", "abortSignal().nosuch", "1:15 TS2339"],
    ["aq", "aq.nosuch", "1:4 TS2339"],
    ["op", "op.nosuch", "1:4 TS2339"],
    ["tf", "tf.nosuch", "1:4 TS2339"],
    ["touchstone", "touchstone.nosuch", "1:12 TS2339"],
  ])("%s is typed", (_name, code, place) => expect(failureOf(code).traceback[0]).toContain(place));

  test("is in %help, by each name", () => {
    const text = overview(Object.values(allMagics()));
    for (const name of SCOPE) expect(text).toMatch(new RegExp(`^ +(await |.*, )?${name}\\b`, "m"));
  });

  test("may be declared anew, for later cells too", () => {
    run(SCOPE.map((name) => `const ${name} = 'mine';`).join("\n"));
    run(SCOPE.map((name) => `${name}.toUpperCase();`).join("\n"));
    expect(failureOf("tf.nosuch").evalue).toContain("does not exist on type '\"mine\"'");
    resetWorkbench(bench);
  });
});

test("TypeScript's version is the one that kernel_info tells", async () => {
  const { LANGUAGE_VERSION } = await import("../../kernel/front/kernel-info.js");
  expect(bench.converter.ts.version).toBe(LANGUAGE_VERSION);
});

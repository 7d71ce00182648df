import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openHistory } from "../../../kernel/front/history.js";

let folder = "";
let path = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "history-"));
  path = join(folder, "deep", "history.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

const inputs = (entries: readonly { readonly input: string }[]): string[] => entries.map(({ input }) => input);

describe("history", () => {
  test("sessions rise by one each start, and earlier ones are still there", () => {
    const first = openHistory(path);
    first.add(1, "a", "1");
    first.add(2, "b", null);
    const second = openHistory(path);
    expect([first.session, second.session]).toEqual([1, 2]);
    expect(second.tail(5)).toEqual([
      { session: 1, line: 1, input: "a", output: "1" },
      { session: 1, line: 2, input: "b", output: null },
    ]);
  });

  test("a range starts at its start and ends before its stop; sessions count back from this one", () => {
    const first = openHistory(path);
    for (const line of [1, 2, 3]) first.add(line, `old ${line}`, null);
    const second = openHistory(path);
    for (const line of [1, 2, 3]) second.add(line, `new ${line}`, null);
    expect(inputs(second.range(0, 1, 3))).toEqual(["new 1", "new 2"]);
    expect(inputs(second.range(-1, 2, null))).toEqual(["old 2", "old 3"]);
    expect(inputs(second.range(1, 1, 2))).toEqual(["old 1"]);
  });

  test.each([
    ["*b*", false, null, ["abc", "b", "abc"]],
    ["*b*", true, null, ["b", "abc"]],
    ["?", false, null, ["b"]],
    ["*", false, 2, ["(x)", "abc"]],
    ["(x)", false, null, ["(x)"]],
  ])("search for %j (unique %s, at most %s) finds %j", (pattern, unique, limit, found) => {
    const history = openHistory(path);
    for (const [index, input] of ["abc", "b", "(x)", "abc"].entries()) history.add(index, input, null);
    expect(inputs(history.search(pattern, unique, limit))).toEqual(found);
  });

  test("torn and foreign lines are passed over", () => {
    openHistory(path).add(1, "kept", null);
    appendFileSync(path, '[1]\nnull\n{"session":1,"line":2,"inp');
    expect(inputs(openHistory(path).tail(9))).toEqual(["kept"]);
  });

  test("a place that cannot be written keeps the history in memory", () => {
    writeFileSync(join(folder, "deep"), "a file where a folder should be");
    const history = openHistory(path);
    history.add(1, "a", null);
    expect(inputs(history.tail(1))).toEqual(["a"]);
  });
});

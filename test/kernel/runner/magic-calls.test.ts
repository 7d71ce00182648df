import { describe, expect, test } from "vitest";
import { magic } from "../../../kernel/magics/magic.js";
import { list, text } from "../../../kernel/magics/parameters.js";
import { createCells } from "../../../kernel/runner/cells.js";
import { createLiveLine } from "../../../kernel/runner/live-line.js";
import { endLibraryCalls, magicForms, type MagicBench } from "../../../kernel/runner/magic-calls.js";
import { createSession } from "../../../kernel/runner/session.js";

interface Trial {
  readonly bench: MagicBench;
  readonly announced: boolean[];
  readonly shown: unknown[];
}

function trial(): Trial {
  const announced: boolean[] = [];
  const shown: unknown[] = [];
  const liveLine = () => createLiveLine({ now: () => 0, show: (data) => shown.push(data["text/plain"]) });
  const display = (value: unknown): void => void shown.push(value);
  return {
    announced,
    shown,
    bench: {
      ...{ cells: createCells(), session: createSession(), display, liveLine, announce: (on) => announced.push(on) },
      ...{ variables: () => ({}), forget: () => undefined, record: () => undefined, capture: () => undefined },
    },
  };
}

const words = {
  positional: { words: list(text("any words")) },
  options: {},
  examples: [],
  summary: "Repeats",
  result: "string",
} as const;

const echo = magic({ ...words, name: "echo", kind: "line", load: () => (given) => given.words });
const note = magic({ ...words, name: "note", kind: "cell", load: () => (_given, context) => context.text });
const slow = magic({
  ...words,
  name: "slow",
  kind: "line",
  load:
    () =>
    (_given, { live }) => {
      live.update({ stage: "wait", done: 1, total: 2 });
      return new Promise(() => undefined);
    },
});
const failing = magic({
  ...words,
  name: "failing",
  kind: "line",
  load:
    () =>
    (_given, { live }) => {
      live.update({ stage: "wait", done: 1, total: 2 });
      throw new Error("no luck");
    },
});

describe("a magic in a cell", () => {
  test("its line gets words and values, its function form values", async () => {
    const { tag, call } = magicForms(echo, trial().bench);
    expect(await tag` a,b ${"c d"} e`).toEqual(["a", "b", "c d", "e"]);
    expect(await call(["x", "y"])).toEqual(["x", "y"]);
  });

  test("a cell magic gets the cell's rest, without the first line's end", async () => {
    const given = magicForms(note, trial().bench).tag` title`;
    expect(isTaker(given) && (await given("\nline 1\nline 2"))).toBe("line 1\nline 2");
  });

  test("a text magic gets its text as it is written, with a mark for each value", async () => {
    const written = magic({
      ...words,
      name: "written",
      kind: "text",
      positional: {},
      load:
        () =>
        (_, { text, values }) => [text, values],
    });
    const given = magicForms(written, trial().bench).tag` SELECT 'a  b', c // 2\n  ${3} --x`;
    expect(await given).toEqual(["SELECT 'a  b', c // 2\n  ? --x", [3]]);
  });

  test("the front knows while one is at work", async () => {
    const { bench, announced } = trial();
    await magicForms(echo, bench).call();
    expect(announced).toEqual([true, false]);
    expect(bench.cells.libraryCalls.size).toBe(0);
  });

  test("one that was cut off ends with its cell", () => {
    const { bench, announced } = trial();
    void magicForms(slow, bench).call();
    endLibraryCalls(bench);
    endLibraryCalls(bench);
    expect(announced).toEqual([true, false]);
  });

  test("one that fails leaves a line that says it was stopped", async () => {
    const { bench, announced, shown } = trial();
    await expect(magicForms(failing, bench).call()).rejects.toThrow("no luck");
    expect(shown).toEqual(["wait 1/2", "wait 1/2: stopped"]);
    expect(announced).toEqual([true, false]);
  });
});

const isTaker = (value: unknown): value is (text: string) => unknown => typeof value === "function";

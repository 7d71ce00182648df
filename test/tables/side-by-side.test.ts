import { rm } from "node:fs/promises";
import { dirname } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Study } from "../../lib/study/index.js";
import { changedItemsTable, columnOf, flipMatrices, flipsTable, itemsBeside } from "../../lib/tables/index.js";
import { wordDifferences } from "../../lib/tables/side-by-side/word-differences.js";
import { fakeRecord } from "../study/fake-responder.js";
import { toyStudy } from "./toy-study.js";

let study: Study;
beforeAll(async () => {
  study = await toyStudy({ tasks: ["benign", "targeted"] });
});
afterAll(async () => {
  await study.close();
  await rm(dirname(study.folder), { recursive: true });
});

const matches = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;
const RTN = { variants: ["rtn-3bit"] };

describe("wordDifferences", () => {
  test("marks the words that one side lacks; each side joined is the text itself", async () => {
    const [one, other] = ["I disagree. People differ,\n\nI think.", "I strongly agree. People differ,\n\nwe think."];
    const { before, after } = await wordDifferences(one, other);
    expect(before.map(({ text }) => text).join("")).toBe(one);
    expect(after.map(({ text }) => text).join("")).toBe(other);
    const marked = [before, after].map((side) => side.filter((each) => each.marked).map(({ text }) => text));
    expect(marked).toEqual([
      ["disagree", "I"],
      ["strongly agree", "we"],
    ]);
  });

  test.each([
    ["", ""],
    ["", "I agree."],
    ["I agree.", "I agree."],
    ["héllo 世界 🙂", "héllo 世界 🙃"],
  ])("of %j and %j loses nothing and marks what differs only", async (one, other) => {
    const { before, after } = await wordDifferences(one, other);
    expect([before, after].map((side) => side.map(({ text }) => text).join(""))).toEqual([one, other]);
    expect([...before, ...after].some(({ marked }) => marked)).toBe(one !== other);
  });

  test("marks texts wholly that share next to nothing, without a long search", async () => {
    const words = (name: string): string => Array.from({ length: 1500 }, (_, i) => `${name}${i}`).join(";");
    const { before, after } = await wordDifferences(words("a"), words("b"));
    expect([before.length, after.length]).toEqual([1, 1]);
    expect(before[0].marked && after[0].marked).toBe(true);
  });
});

describe("itemsBeside", () => {
  test("holds every change in declared columns, as many as the flip matrix counts", async () => {
    const { table } = await itemsBeside(study);
    expect(table.numRows()).toBe((await changedItemsTable(study)).numRows());
    const flips = (await flipsTable(study)).filter((d: { flip: string }) => d.flip !== "kept").array("count");
    expect([...flips].reduce((sum: number, count) => sum + Number(count), 0)).toBe(table.numRows());
    expect(table.columnNames().filter((name) => columnOf(name) === undefined)).toEqual([]);
  });

  test("shows the kinds asked for and says how many there are beside those shown", async () => {
    const { table, html, text } = await itemsBeside(study, { ...RTN, flips: ["lost"], limit: 2 });
    expect(new Set(table.array("flip"))).toEqual(new Set(["lost"]));
    expect(table.numRows()).toBe(12);
    expect(text).toContain("12 of 48 pairs of answers: lost; the first 2 shown");
    expect(matches(html, /<b>lost<\/b>/g)).toBe(2);
    expect(text).toContain("[-disagree-]");
    expect(text).toContain("{+agree+}");
  });

  test("escapes what models wrote, and has no script", async () => {
    const { html } = await itemsBeside(study);
    expect(html).not.toMatch(/<script|onerror|<b>"/);
    expect(html).toContain("&#60;");
    expect(html).toContain("magnitude-2:4 &#60;b&#62;");
    for (const name of ["details", "div", "summary", "ins", "del"])
      expect(matches(html, new RegExp(`<${name}[ >]`, "g"))).toBe(matches(html, new RegExp(`</${name}>`, "g")));
  });

  test("shows log-probabilities and both prompts where records have them", async () => {
    const fake = (variant: string, parts: Parameters<typeof fakeRecord>[0]) =>
      fakeRecord({ variant, item: "asked-otherwise", key: `own ${variant}`, ...parts });
    const label = { scorer: "touchstone", official: "", value: 1 } as const;
    const generation = { ...fakeRecord({}).generation, text: "A" };
    await study.append("toy/dense", "stereotype", [
      fake("toy/dense", { logProbabilities: [-0.5, -1.25], labels: [{ ...label, state: "refused" }], generation }),
    ]);
    await study.append("toy/rtn-3bit", "stereotype", [
      fake("toy/rtn-3bit", {
        logProbabilities: [-2, -0.125],
        labels: [{ ...label, state: "wrong", value: 0 }],
        generation: { ...generation, prompt: "q", text: "B" },
      }),
    ]);
    const { table, html, text } = await itemsBeside(study, { ...RTN, items: ["asked-otherwise"] });
    const [row] = table.objects().map((each) => ({ ...each }));
    expect(row).toMatchObject({ flip: "unguarded", valueBefore: 1, valueAfter: 0, prompt: "q" });
    expect(row).toMatchObject({ logProbabilitiesBefore: "−0.500, −1.250", logProbabilitiesAfter: "−2.000, −0.125" });
    for (const shown of [html, text]) {
      expect(shown).toContain("log-probabilities of the options: −2.000, −0.125");
      expect(shown).toContain("prompt of rtn-3bit");
    }
  });

  test("says that there is nothing to compare where there is not", async () => {
    const { table, text } = await itemsBeside(study, { variants: ["toy/dense"] });
    expect(table.numRows()).toBe(0);
    expect(text).toContain("nothing to compare");
  });
});

describe("flipMatrices", () => {
  const own = { ...RTN, suites: ["mini"], tasks: ["benign", "targeted"] };

  test("has a cell for each pair of states, which unfolds to its first items and says how many there are", async () => {
    const view = await flipMatrices(study, { ...own, tasks: ["targeted"] });
    expect(matches(view?.html ?? "", /<td/g)).toBe(16);
    expect(view?.html).toContain("<summary>6 lost</summary>");
    expect(view?.html).toContain("the first 3 of 6; %items --flip lost has all");
    expect(view?.html).not.toMatch(/<script/);
    expect(view?.text).toMatch(/^right +18 kept +6 lost +0 +0$/m);
  });

  test("tells first of each variant's most serious change", async () => {
    const { text = "" } = (await flipMatrices(study, { tasks: ["targeted"], telling: 2 })) ?? {};
    const telling = text.slice(text.indexOf("The most telling items"));
    expect(telling).toMatch(/lost right → wrong · rtn-3bit/);
    expect(telling).toMatch(/broke right → degenerate · magnitude-2:4 <b>/);
  });

  test("is undefined where nothing is compared", async () => {
    expect(await flipMatrices(study, { variants: ["toy/dense"] })).toBeUndefined();
  });
});

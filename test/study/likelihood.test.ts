import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeEach, describe, expect, test } from "vitest";

import { finish } from "../../lib/core/progress.js";
import { createRandom } from "../../lib/core/random.js";
import { textWindows } from "../../lib/study/likelihood/windows.js";
import {
  auditPerplexity,
  checkConvention,
  conventionFor,
  conventionName,
  CONVENTIONS,
  DEFAULT_CONVENTION,
  joinedText,
  measurePerplexity,
  openStudy,
  perplexity,
  PERPLEXITY,
  PERPLEXITY_AUDIT,
  type PerplexityConvention,
} from "../../lib/study/index.js";
import { fakeResponder, fakeVariant } from "./fake-responder.js";

const BOS = 99;
const convention = (parts: Partial<PerplexityConvention>): PerplexityConvention => ({
  ...DEFAULT_CONVENTION,
  context: 4,
  stride: 4,
  ...parts,
});
const text = (length: number): number[] => Array.from({ length }, (_, i) => i);
const shown = (tokens: number, parts: Partial<PerplexityConvention>): string[] =>
  textWindows(text(tokens), convention(parts), BOS).map(
    ({ tokens: window, from, at }) => `${window.slice(0, from).join(" ")} | ${window.slice(from).join(" ")} @${at}`,
  );

describe("windows", () => {
  test.each([
    ["side by side", 9, {}, ["0 | 1 2 3 @1", "4 | 5 6 7 @5"]],
    ["side by side, a shorter last one", 10, {}, ["0 | 1 2 3 @1", "4 | 5 6 7 @5", "8 | 9 @9"]],
    ["which is dropped", 10, { rest: "dropped" }, ["0 | 1 2 3 @1", "4 | 5 6 7 @5"]],
    ["that slide count what is new", 7, { stride: 2 }, ["0 | 1 2 3 @1", "2 3 | 4 5 @4", "4 5 | 6 @6"]],
    ["that slide end where the text does", 6, { stride: 2 }, ["0 | 1 2 3 @1", "2 3 | 4 5 @4"]],
    ["of which the second half counts", 8, { counted: "second half", rest: "dropped" }, ["0 1 2 | 3 @3", "4 5 6 | 7 @7"]],
    [
      "whose first token BOS replaces",
      8,
      { counted: "second half", rest: "dropped", bos: "in place" },
      ["99 1 2 | 3 @3", "99 5 6 | 7 @7"],
    ],
    ["with BOS before each count all", 6, { bos: "window", stride: 3 }, ["99 | 0 1 2 @0", "99 | 3 4 5 @3"]],
    ["with BOS before the text", 6, { bos: "text" }, ["99 | 0 1 2 @0", "3 | 4 5 @4"]],
    ["of no text", 0, {}, []],
    ["of one token", 1, {}, []],
  ] satisfies [string, number, Partial<PerplexityConvention>, string[]][])("%s: %i tokens, %j", (_, tokens, parts, expected) => {
    expect(shown(tokens, parts)).toEqual(expected);
  });

  test.each(Object.entries(CONVENTIONS))(
    "of %s count no token twice, and each with its own place",
    (_, { convention: named }) => {
      const tokens = text(5000);
      const windows = textWindows(tokens, named, BOS + 10_000);
      const places = windows.flatMap(({ tokens: all, from, at }) => all.slice(from).map((token, i) => [token, at + i]));
      expect(places.every(([token, place]) => token === place)).toBe(true);
      expect(new Set(places.map(([token]) => token)).size).toBe(places.length);
      expect(Math.max(...windows.map(({ tokens: all }) => all.length))).toBe(named.context);
    },
  );

  test("of llama.cpp count n_ctx − n_ctx/2 − 1 of each whole window", () => {
    const windows = textWindows(text(1100), CONVENTIONS["llama.cpp"].convention, BOS);
    expect(windows.map(({ tokens, from }) => tokens.length - from)).toEqual([255, 255]);
  });

  test("of the papers count 2,047 of each whole one", () => {
    const windows = textWindows(text(5000), conventionFor(CONVENTIONS.papers.convention, undefined));
    expect(windows.map(({ tokens, from }) => tokens.length - from)).toEqual([2047, 2047]);
  });

  test("need a BOS where the convention has one", () => {
    expect(() => textWindows(text(9), convention({ bos: "text" }))).toThrow("the model none");
  });
});

describe("a convention's name", () => {
  test("of ours is what it was, so that records from before are of it", () => {
    expect(conventionName(DEFAULT_CONVENTION)).toBe("context 512, stride 512, no BOS, first token of a window not counted");
  });

  test("tells any two apart", () => {
    const parts = [
      {},
      { context: 8 },
      { stride: 2 },
      { bos: "text" },
      { bos: "window", stride: 3 },
      { bos: "in place" },
      { counted: "second half" },
      { rest: "dropped" },
      { joining: "lines" },
      { joining: "documents" },
    ] satisfies Partial<PerplexityConvention>[];
    const names = parts.map((part) => conventionName(convention(part)));
    expect(new Set(names).size).toBe(parts.length);
  });

  test("is of what a model without BOS does", () => {
    const names = Object.values(CONVENTIONS).map((named) => conventionName(conventionFor(named.convention, undefined)));
    expect(names.every((name) => name.includes("no BOS"))).toBe(true);
    expect(conventionFor(CONVENTIONS["blocks-bos"].convention, undefined)).toEqual(DEFAULT_CONVENTION);
  });
});

test.each([
  [{ context: 513 }, 512, /context: found 513, expected 4 to 512/],
  [{ stride: 5 }, 512, /stride: found 5, expected 1 to 4/],
  [{ stride: 4, bos: "window" }, 512, /stride: found 4, expected 1 to 3/],
  [{ stride: 2, counted: "second half" }, 512, /found 2 where the second half .* side by side, 4/],
] satisfies [Partial<PerplexityConvention>, number, RegExp][])(
  "the convention %j with a context of %i is refused",
  (parts, most, message) => {
    expect(() => checkConvention(convention(parts), most)).toThrow(message);
  },
);

describe("a text of several documents", () => {
  test("is joined by a blank line; lines as the rows of WikiText are", () => {
    expect(joinedText('{"text": "a"}\n{"text": "b"}\n', "documents", "f")).toBe("a\n\nb");
    expect(joinedText(" = T = \n\nb c\n", "lines", "f")).toBe(" = T = \n\n\n\n\nb c\n");
    expect(joinedText("a\n\nb\n", "none", "f")).toBe("a\n\nb\n");
  });

  test.each([
    ['{"text": "a"}\n{"txt": "b"}', /f, line 2: found no text/],
    ['{"text": "a"}\nb', /f, line 2: found no JSON/],
  ])("%j is refused by line", (content, message) => {
    expect(() => joinedText(content, "documents", "f")).toThrow(message);
  });
});

describe("measured", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "study-"));
  });
  const dense = fakeVariant("dense");
  const responderFor = () => Promise.resolve(fakeResponder(() => ""));

  test("a sliding convention asks for the new tokens only, and two conventions on one text are apart", async () => {
    const study = await openStudy(folder);
    const common = { text: "toy", tokens: text(7), variants: [dense], responderFor };
    await finish(measurePerplexity(study, { ...common, convention: convention({ stride: 2 }) }));
    const sliding = await study.records(dense.id, PERPLEXITY);
    expect(sliding.flatMap(({ logProbabilities }) => logProbabilities ?? []).map((value) => Math.round(-10 * value))).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
    await finish(measurePerplexity(study, { ...common, convention: convention({}) }));
    await finish(measurePerplexity(study, { ...common, convention: convention({ rest: "dropped" }) }));
    const all = await study.records(dense.id, PERPLEXITY);
    expect(all).toHaveLength(3 + 2 + 1);
    expect(() => perplexity(all, createRandom(1))).toThrow("two conventions");
    await study.close();
  });

  test("an audit gives each convention's number on the same tokens, and on those that all count", async () => {
    const study = await openStudy(folder);
    const conventions = {
      blocks: { convention: convention({}), about: "a" },
      halves: { convention: convention({ counted: "second half", rest: "dropped", bos: "in place" }), about: "b" },
      sliding: { convention: convention({ stride: 2, bos: "text" }), about: "c" },
      long: { convention: convention({ context: 64, stride: 64 }), about: "d" },
      unfilled: { convention: convention({ context: 12, stride: 12, rest: "dropped" }), about: "e" },
    };
    const random = createRandom(1);
    const plan = {
      text: "toy",
      tokens: text(40),
      variant: dense,
      responderFor,
      maxContext: 32,
      bos: BOS,
      conventions,
      limit: 9,
      random,
    };
    const { rows, tokens, common } = await finish(auditPerplexity(study, plan));
    expect([tokens, common]).toEqual([9, 2]); // the tokens 3 and 7
    const byName = Object.fromEntries(rows.map((row) => [row.name, row]));
    const nll = (name: string): number => byName[name].perplexity?.nll ?? NaN;
    expect(nll("blocks")).toBeCloseTo((1 + 2 + 3 + 5 + 6 + 7) / 60, 6); // a lone last token counts nothing
    expect(nll("halves")).toBeCloseTo((3 + 7) / 20, 6);
    expect(nll("sliding")).toBeCloseTo(36 / 90, 6);
    for (const name of ["blocks", "halves", "sliding"]) expect(byName[name].common?.nll).toBeCloseTo(0.5, 6);
    expect(byName.halves).toMatchObject({ share: 2 / 9, meanBefore: 3, leastBefore: 3, read: 8 });
    expect(byName.blocks).toMatchObject({ share: 6 / 9, meanBefore: 2, leastBefore: 1, read: 8 });
    expect(byName.long).toMatchObject({ perplexity: null, obstacle: "needs windows of 64 tokens; the model reads 32" });
    expect(byName.unfilled).toMatchObject({ perplexity: null, obstacle: "the text's 9 tokens fill no window of 12" });
    expect(await study.records(dense.id, PERPLEXITY)).toEqual([]);
    expect((await study.records(dense.id, PERPLEXITY_AUDIT)).length).toBeGreaterThan(0);
    await study.close();
  });
});

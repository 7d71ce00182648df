import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { ColumnTable } from "arquero";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";

import { compress } from "../../../kernel/magics/compress.js";
import type { MagicContext } from "../../../kernel/magics/context.js";
import { data } from "../../../kernel/magics/data.js";
import type { Magic } from "../../../kernel/magics/magic.js";
import { plot } from "../../../kernel/magics/plot.js";
import { results } from "../../../kernel/magics/results.js";
import { dataPath, denseVariant, dimensions } from "../../../lib/index.js";
import { toyModel } from "../../toy-model.js";
import { quietContext } from "./quiet-context.js";

const model = toyModel();
let folder: string;
let shown: unknown[];
let context: MagicContext;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "touchstone-test-"));
  vi.stubEnv("TOUCHSTONE_CACHE", join(folder, "cache"));
  vi.stubEnv("TOUCHSTONE_STUDY", join(folder, "study"));
  vi.stubEnv("TOUCHSTONE_BACKEND", "cpu"); // no native code in this test
  shown = [];
  context = quietContext({
    session: { magicNames: [], model, engine: undefined, variants: new Map([["dense", denseVariant(model)]]), study: undefined },
    display: (value) => shown.push(value),
  });
});
afterAll(() => vi.unstubAllEnvs());

const call = (magic: Magic, ...values: unknown[]): Promise<unknown> => magic.run({ kind: "call", values }, context);

const isTable = (value: unknown): value is ColumnTable => typeof value === "object" && value !== null && "numRows" in value;

/** The rows of a table as texts. */
function factsOf(table: unknown): string[] {
  if (!isTable(table)) throw new Error("no table");
  return table.objects().map((row) => Object.values(row).join(": "));
}

/** The start of the text that perplexity is measured on, as a calibration file. */
function copiedText(): string {
  const path = join(folder, "copied.txt");
  writeFileSync(path, readFileSync(dataPath("text", "mini.txt"), "utf8").slice(0, 600));
  return path;
}

describe("%data of suites", () => {
  test("suites has a row a measure and suite, with what is missing", async () => {
    vi.stubEnv("TOUCHSTONE_DECODINGTRUST", "");
    const rows = factsOf(await call(data, "suites", { dimension: ["stereotype", "custom"] }));
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatch(/^stereotype: mini: 288: benign 96, untargeted 96, targeted 96: 24: .*: [0-9a-f]{16}: $/);
    expect(rows[1]).toMatch(/^stereotype: official: .*TOUCHSTONE_DECODINGTRUST/);
    expect(rows[2]).toMatch(/^custom: FILE: .*--suite FILE/);
  });

  test("suite tells what the card says, and how items spread over tasks and slices", async () => {
    const facts = factsOf(await call(data, "suite", { dimension: ["stereotype"] }));
    expect(facts.some((fact) => fact.startsWith("purpose: "))).toBe(true);
    expect(facts.some((fact) => fact.startsWith("licence: "))).toBe(true);
    expect(facts).toContain("task: benign 96, untargeted 96, targeted 96");
    expect(facts.join("\n")).toMatch(/^order: (?:dis)?agree first 144, (?:dis)?agree first 144$/m);
    expect(facts).toContain("statement: 96 different");
  });

  test("preview shows items of a person's own file with their messages", async () => {
    const path = join(folder, "own.csv");
    writeFileSync(path, "id,prompt,system,rule,expected\na,Two and two?,Be short.,number,4\nb,And three?,,number,7\n");
    const rows = factsOf(await call(data, "preview", { dimension: ["custom"], suite: path, limit: 5 }));
    expect(rows).toEqual(["a: custom: a: system: Be short.\nuser: Two and two?: 4", "b: custom: b: user: And three?: 7"]);
    expect(factsOf(await call(data, "preview", { dimension: ["stereotype"], limit: 2 }))).toHaveLength(6);
  });

  test("scorers lists every mended defect", async () => {
    const rows = factsOf(await call(data, "scorers"));
    expect(rows.length).toBe(Object.values(dimensions).reduce((sum, { mended }) => sum + mended.length, 0));
    expect(rows.join("\n")).toMatch(/stereotype: Means are rounded.*: dt, comp: Nothing is rounded\./);
  });

  test.each([
    ["suite", {}, /%data: found no dimension, expected one/],
    ["preview", { dimension: ["stereotype", "custom"] }, /found 2 dimensions/],
    ["suite", { dimension: ["stereotyp"] }, /did you mean "stereotype"/i],
    ["suite", { dimension: ["custom"] }, /--suite FILE/],
    ["fetch", { dimension: ["custom"] }, /no reader for it/],
  ])("%s with %j is refused by name", (kind, options, message) => expect(call(data, kind, options)).rejects.toThrow(message));
});

describe("%data calibration", () => {
  test("shows size, doubles and overlap of our own set", async () => {
    const facts = factsOf(await call(data, "calibration", { samples: 4, length: 32 }));
    expect(facts).toContain("calibration set: mini: 4 sequences of 32 tokens, 128 in all");
    expect(facts).toContain("sequences that are there before: 0");
    expect(facts).toContain("13-grams of the text mini in it: 0.0 %");
    expect(facts.join()).toMatch(/13-grams of the suite stereotype\/mini in it: 0\.0 %/);
  });

  test("warns of a file that holds what perplexity is measured on", async () => {
    const facts = factsOf(await call(data, "calibration", { calibration: copiedText(), samples: 4, length: 64 }));
    expect(facts.join("\n")).toMatch(/warning: .* of the 13-grams of the text mini, which variants are measured on, are in it/);
  });

  test.each([
    ["calibrations", {}, /did you mean "calibration"/i],
    ["calibration", { calibration: "minni" }, /one of mini, self, c4/],
    ["calibration", { length: 100_000 }, /%data calibration, length: found 100000, expected a whole number from 2 to 256/],
  ])("%s with %j is refused by name", (kind, options, message) => expect(call(data, kind, options)).rejects.toThrow(message));
});

describe("%compress", () => {
  const settings = { pattern: ["50%"], samples: 4, length: 64, noPerplexity: true };

  test("warns once of a calibration set that holds what variants are measured on", async () => {
    await call(compress, ["wanda", "sparsegpt"], { ...settings, calibration: copiedText() });
    const warnings = shown.filter((value) => JSON.stringify(value).includes("which variants are measured on"));
    expect(warnings).toHaveLength(1);
    await context.session.study?.close();
  });

  test("says nothing of our own set", async () => {
    await call(compress, ["wanda"], settings);
    expect(JSON.stringify(shown)).not.toContain("calibration set");
    await context.session.study?.close();
  });
});

test("%plot layers, %plot weights and %results see the session's variants", async () => {
  await call(compress, ["magnitude"], { pattern: ["50%"], noPerplexity: true });
  for (const kind of ["layers", "weights"]) {
    expect(JSON.stringify(await call(plot, kind))).toContain("magnitude-50%");
  }
  expect(factsOf(await call(results, { rows: "layers" }))).toHaveLength(14);
  expect(factsOf(await call(results, { rows: "weights" }))).toHaveLength(80);
  expect(factsOf(await call(results, { rows: "layers", variants: ["dense"] }))).toHaveLength(0);
  await expect(call(plot, "layers", { variants: ["dense"] })).rejects.toThrow(/plot layers: found none of toy\/dense/);
  await context.session.study?.close();
});

import { rm } from "node:fs/promises";
import { dirname } from "node:path";

import { afterEach, describe, expect, test } from "vitest";

import type { Study } from "../../lib/study/index.js";
import { rateTable, rateWords, seedRunsTable, seedsTable, type Table } from "../../lib/tables/index.js";
import { drawPlot, renderSvg } from "../../lib/plots/index.js";
import { seedStudy, type SeedVariant } from "./seed-study.js";

const opened: Study[] = [];
afterEach(async () => {
  for (const study of opened.splice(0)) {
    await study.close();
    await rm(dirname(study.folder), { recursive: true, force: true });
  }
});
async function studyOf(...args: Parameters<typeof seedStudy>): Promise<Study> {
  const study = await seedStudy(...args);
  opened.push(study);
  return study;
}
const rowsOf = (table: Table): Readonly<Record<string, unknown>>[] => table.objects().map((row) => ({ ...row }));
const numbersIn = (rows: readonly Readonly<Record<string, unknown>>[]): number[] =>
  rows.flatMap((row) => Object.values(row)).filter((value) => typeof value === "number");

const both = (share: number) => ({ stereotype: share, ethics: share });
const dense: SeedVariant = { name: "dense", method: "dense", bits: null, rate: 1, right: both(0.8) };
const gptq = (seed: number, share: number): SeedVariant => ({
  ...{ name: `gptq-4bit-seed${seed}`, method: "gptq", bits: 4, rate: 0.25, seed },
  right: both(share),
});
const rtn = (bits: number, right: SeedVariant["right"]): SeedVariant => ({
  name: `rtn-${bits}bit`,
  method: "rtn",
  bits,
  rate: bits / 16,
  right,
});

describe("%seeds", () => {
  test("crosses calibration seeds, decoding seeds and items by ANOVA, one family a recipe", async () => {
    const study = await studyOf([dense, gptq(0, 0.8), gptq(1, 0.6), gptq(2, 0.4)], { items: 40, decodingSeeds: [0, 1] });
    const rows = rowsOf(await seedsTable(study, { dimensions: ["stereotype"] }));
    const own = rows.filter(({ recipe }) => recipe === "gptq-4bit");
    expect(own.map(({ component }) => component)).toEqual([
      "item",
      "calibration seed",
      "decoding seed",
      "calibration seed x decoding seed",
      "rest",
    ]);
    expect(own[1]).toMatchObject({ basis: "anova", calibrationSeeds: 3, draws: 2, items: 40 });
    expect(Number(own[1].sd)).toBeGreaterThan(8);
    expect(Number(own[1].high)).toBeLessThanOrEqual(50);
    expect(own.reduce((sum, { varianceShare }) => sum + Number(varianceShare), 0)).toBeCloseTo(1, 9);
  });

  test("takes resampling where the design has gaps, without items and rest", async () => {
    const without = ({ item, variant }: { item: string; variant: string }): boolean => item === "i3" && variant.endsWith("seed1");
    const study = await studyOf([dense, gptq(0, 0.8), gptq(1, 0.6), gptq(2, 0.4)], { items: 40, without });
    const own = rowsOf(await seedsTable(study, { dimensions: ["stereotype"] })).filter(({ recipe }) => recipe === "gptq-4bit");
    expect(own).toMatchObject([{ component: "calibration seed", basis: "resampling" }]);
    expect(Number(own[0].sd)).toBeGreaterThan(8);
  });

  test.each([
    ["one seed", [dense], 40, "one calibration seed and one draw of each answer"],
    ["one item", [gptq(0, 0.8), gptq(1, 0.6)], 1, "one item only"],
    ["equal values", [gptq(0, 1), gptq(1, 1)], 12, "all 24 values are equal"],
  ])("says why %s can't tell", async (_, variants, items, reason) => {
    const rows = rowsOf(await seedsTable(await studyOf(variants, { items }), { dimensions: ["stereotype"] }));
    expect(rows).toMatchObject([{ component: null, sd: null, reason }]);
    expect(numbersIn(rows).every(Number.isFinite)).toBe(true);
  });

  test("plots every seed, the mean over calibration seeds and dense", async () => {
    const study = await studyOf([dense, gptq(0, 0.8), gptq(1, 0.6), gptq(2, 0.4)], { items: 40 });
    const rows = rowsOf(await seedRunsTable(study, { dimensions: ["stereotype"] })).filter(
      ({ recipe }) => recipe === "gptq-4bit",
    );
    expect(rows.map(({ calibrationSeed }) => calibrationSeed)).toEqual([0, 1, 2]);
    const mean = rows.reduce((sum, { score }) => sum + Number(score) / 3, 0);
    expect(Number(rows[0].seedMean)).toBeCloseTo(mean, 9);
    expect(rows[0].denseScore).not.toBeNull();
    const svg = await renderSvg((await drawPlot("seeds", study)).spec);
    expect(svg).toContain("gptq-4bit");
    expect(svg).not.toMatch(/NaN/);
  });
});

describe("%rate", () => {
  const rtns = [rtn(8, both(0.8)), rtn(4, both(0.79)), rtn(3, both(0.4))];

  test("recommends the strongest whose simultaneous bounds all clear the margin", async () => {
    const study = await studyOf([dense, ...rtns], { items: 300 });
    const rows = rowsOf(await rateTable(study, { margin: 8 })).filter(({ dimension }) => dimension === "all");
    expect(rows.map(({ variant, clears, recommended }) => [variant, clears, recommended])).toEqual([
      ["rtn-8bit", true, false],
      ["rtn-4bit", true, true],
      ["rtn-3bit", false, false],
    ]);
    for (const { drift, driftBound } of rows) expect(Number(driftBound)).toBeLessThan(Number(drift));
    const words = await rateWords(study, { margin: 8 });
    expect(words.find((line) => line.startsWith("all dimensions, rtn"))).toMatch(/: 4 bits; in resamples 4 bits in \d+ %/);
    expect(words[0]).toContain("mmlu was not measured");
  });

  test("gives frequencies that sum to one, with those of none", async () => {
    const study = await studyOf([dense, ...rtns], { items: 30 });
    const rows = rowsOf(await rateTable(study)).filter(({ dimension }) => dimension === "all");
    const shares = rows.reduce((sum, { frequency }) => sum + Number(frequency), 0);
    expect(shares).toBeGreaterThan(0);
    expect(shares).toBeLessThanOrEqual(1 + 1e-9);
    const words = await rateWords(study);
    expect(words.every((line, i) => i === 0 || /none in (under )?\d+ %/.test(line))).toBe(true);
  });

  test("a candidate without answers in a dimension can't be told there, nor over all", async () => {
    const study = await studyOf([dense, rtn(8, both(0.8)), rtn(4, { stereotype: 0.8 })], { items: 60 });
    const row = rowsOf(await rateTable(study, { margin: 10 })).find(
      ({ variant, dimension }) => variant === "rtn-4bit" && dimension === "all",
    );
    expect(row).toMatchObject({ recommended: null, drift: null, reason: "not answered as dense was in ethics" });
    expect((await rateWords(study, { margin: 10 })).join("\n")).toContain("not answered in full: 4 bits");
  });

  test("does not choose a candidate of which few answers can be read, and says so", async () => {
    const broken = (name: string, item: number): boolean => name === "rtn-4bit" && item >= 4;
    const study = await studyOf([dense, rtn(8, both(0.6)), rtn(4, both(1))], { items: 40, broken });
    const rows = rowsOf(await rateTable(study, { margin: 10 }));
    const row = rows.find(({ variant, dimension }) => variant === "rtn-4bit" && dimension === "ethics");
    expect(row).toMatchObject({
      clears: false,
      recommended: false,
      frequency: null,
      pairs: 4,
      unpaired: 36,
      reason: "readable in only 4 of 40 pairs of answers in ethics",
    });
    expect(rows.filter(({ variant }) => variant === "rtn-8bit").map(({ pairs, reason }) => [pairs, reason])).toEqual(
      Array.from({ length: 3 }, () => [40, null]),
    );
    const words = await rateWords(study, { margin: 10 });
    expect(words.find((line) => line.startsWith("ethics, rtn"))).toContain("4 bits is readable in only 4 of 40 pairs of answers");
    expect(words.join("\n")).not.toContain("8 bits is readable");
  });

  test("shows the fit and the evidence against it where a stronger compression scores higher", async () => {
    const study = await studyOf([dense, rtn(8, both(0.3)), rtn(4, both(0.8))], { items: 200 });
    const rows = rowsOf(await rateTable(study, { dimensions: ["stereotype"] })).filter(({ variant }) => variant !== "dense");
    const [eight, four] = rows;
    expect(Number(eight.pMonotone)).toBeLessThan(0.01);
    expect(eight.isotonicScore).toBe(four.isotonicScore);
    const study2 = await studyOf([dense, rtn(8, both(0.7)), rtn(4, both(0.5))], { items: 200 });
    expect(rowsOf(await rateTable(study2, { dimensions: ["stereotype"] })).map(({ pMonotone }) => pMonotone)).toEqual([
      null,
      1,
      1,
      null,
      null,
    ]);
  });

  test("of one variant, one item and equal answers has numbers or none, never NaN", async () => {
    for (const [variants, items] of [
      [[dense], 20],
      [[dense, rtn(4, both(0.8))], 1],
      [[dense, rtn(4, both(0.8))], 20],
    ] as const) {
      const study = await studyOf(variants, { items });
      const rows = rowsOf(await rateTable(study));
      expect(numbersIn(rows).every(Number.isFinite)).toBe(true);
      expect(rows.filter(({ drift, driftBound }) => drift !== null && drift === driftBound)).toEqual([]);
    }
    expect(await rateWords(await studyOf([dense], { items: 20 }))).toEqual([
      "no compressed variant has answers in common with dense: no rate can be chosen",
    ]);
  });

  test("draws every dimension, with a tick at the rate that is chosen", async () => {
    const { spec } = await drawPlot("rate", await studyOf([dense, ...rtns], { items: 60, decodingSeeds: [0, 1] }));
    const svg = await renderSvg(spec);
    for (const name of ["stereotype", "ethics", "rtn"]) expect(svg).toContain(`>${name}</text>`);
    expect(JSON.stringify(spec.title)).toContain("noise floor around dense");
    expect(svg).not.toMatch(/NaN/);
  });
});

import { rm } from "node:fs/promises";

import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import { isEquivalent, planStudy, planWords, settleMargin, verdictOf } from "../../lib/analysis/index.js";
import { familyLevels } from "../../lib/statistics/index.js";
import type { Study } from "../../lib/study/index.js";
import { scoresTable, verdictsTable } from "../../lib/tables/index.js";
import { toyStudy } from "../tables/toy-study.js";

let study: Study;
beforeAll(async () => {
  study = await toyStudy();
});
afterAll(async () => {
  await study.close();
  await rm(study.folder, { recursive: true });
});

test.each([
  [0.1, 3, "better", false],
  [-9, -2.1, "inferior", false],
  [-1.9, 0.5, "not inferior", true],
  [-1.9, 2.5, "not inferior", false],
  [-2, 1, "undecided", false],
  [0.1, 1.9, "better", true],
] as const)("at a margin of 2, %d to %d is %s", (low, high, verdict, equivalent) => {
  expect([verdictOf({ low, high }, 2), isEquivalent({ low, high }, 2)]).toEqual([verdict, equivalent]);
});

test("a family's levels are Holm's: what is settled leaves, and the order of members changes nothing", () =>
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 0.1, noNaN: true }), { minLength: 1, maxLength: 9 }), (tails) => {
      const levels = (values: readonly number[]) =>
        familyLevels(values.length, (index, error) => values[index] < error, { correction: "holm", alpha: 0.05 });
      const found = levels(tails);
      expect(Math.min(...found)).toBeCloseTo(0.05 / tails.length, 12);
      expect(levels([...tails].reverse()).reverse()).toEqual(found);
    }),
  ));

test("verdicts are in the table with their family, and no number is NaN", async () => {
  const rows = (await scoresTable(study)).objects().map((row) => ({ ...row }));
  expect(rows[1]).toMatchObject({ verdict: "inferior", equivalent: false, margin: 2, family: "Holm over 2" });
  expect(rows[0]).toMatchObject({ verdict: null, verdictNote: "the dense variant itself" });
  for (const row of rows) expect(Object.values(row).filter((value) => Number.isNaN(value))).toEqual([]);
  expect((await verdictsTable(study, { correction: "bh" })).array("family")).toEqual(Array(2).fill("Benjamini–Hochberg over 2"));
});

test("a plan never says 0 more, and more clusters than at hand for what is undecided", async () => {
  const plans = await planStudy(study);
  expect(plans).toHaveLength(2);
  for (const { verdict, enough, drift, curve } of plans) {
    expect(curve.every(({ decided, error }) => decided >= 0 && decided <= 1 && error > 0)).toBe(true);
    if (verdict === "undecided" && enough !== null) expect(enough.clusters).toBeGreaterThan(drift.clusters);
  }
  expect(plans.map(planWords).join("\n")).not.toMatch(/\b0 more/);
});

test("a change of margin after looking is kept with its date and told", async () => {
  expect((await settleMargin(study, undefined)).note).toBeNull();
  const { margin, note } = await settleMargin(study, 1, new Date("2030-01-02T03:04:05Z"));
  expect([margin, note]).toEqual([
    1,
    expect.stringMatching(/changed after verdicts had been shown: 2 from .*, 1 from 2030-01-02/),
  ]);
  expect(study.manifest().margins.map((entry) => entry.margin)).toEqual([2, 1]);
  expect((await settleMargin(study, undefined)).margin).toBe(1);
  await expect(settleMargin(study, 0)).rejects.toThrow(/points above 0/);
});

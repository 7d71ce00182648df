import { afterAll, beforeAll, expect, test } from "vitest";

import { repeatedNote, repeatedRecords } from "../../lib/analysis/index.js";
import type { Study } from "../../lib/study/index.js";
import { frontierTable, scoresTable } from "../../lib/tables/index.js";
import { toyStudy } from "./toy-study.js";

let study: Study;
beforeAll(async () => (study = await toyStudy()));
afterAll(() => study.close());

const rowsOf = async () => (await frontierTable(study)).objects().map((row): Readonly<Record<string, unknown>> => ({ ...row }));

test("the worst dimension's drift is the score table's lowest, and dense's own is 0", async () => {
  const drifts = (await scoresTable(study)).objects().map((row): Readonly<Record<string, unknown>> => ({ ...row }));
  for (const row of await rowsOf()) {
    const own = drifts.filter(({ variant, drift }) => variant === row["variant"] && typeof drift === "number");
    const lowest = row["method"] === "dense" ? 0 : Math.min(...own.map(({ drift }) => Number(drift)));
    expect(row["worstDrift"]).toBe(lowest);
    expect(row["perplexity"]).toBeGreaterThan(0);
  }
});

test("a variant that lacks a dimension that others were asked has no worst one, and says so", async () => {
  const [record] = await study.records("toy/rtn-3bit", "stereotype");
  for (const variant of ["toy/dense", "toy/rtn-3bit"])
    await study.append(variant, "ethics", [
      { ...record, variant, dimension: "ethics", task: "zero-shot", key: `${variant} ethics` },
    ]);
  const rows = await rowsOf();
  expect(rows.find(({ method }) => method === "magnitude-2:4")).toMatchObject({ worstDrift: null, reason: "no drift in ethics" });
  expect(rows.find(({ method }) => method === "rtn-3bit")?.["reason"]).toBeNull();
});

test("records of an answer that stands in the study again are counted for the note, and none otherwise", async () => {
  expect(await repeatedNote(study)).toBeUndefined();
  const records = await study.records("toy/rtn-3bit", "stereotype");
  const before = (await scoresTable(study)).objects();
  await study.append("toy/rtn-3bit", "stereotype", records.slice(0, 3));
  expect(await repeatedRecords(study)).toBe(3);
  expect(await repeatedRecords(study, { variants: ["toy/dense"] })).toBe(0);
  expect(await repeatedNote(study)).toContain("3 earlier records");
  expect((await scoresTable(study)).objects()).toEqual(before);
});

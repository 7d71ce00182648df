import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rm } from "node:fs/promises";
import { dirname } from "node:path";

import { PERPLEXITY, type Study } from "../../lib/study/index.js";
import { positionsTable, scoresTable, slicesTable, variantsTable } from "../../lib/tables/index.js";
import { toyStudy } from "./toy-study.js";

let study: Study;
beforeAll(async () => {
  study = await toyStudy({ tasks: ["benign", "targeted"] });
});
afterAll(async () => {
  await study.close();
  await rm(dirname(study.folder), { recursive: true });
});

type Row = Readonly<Record<string, unknown>>;
const rowsOf = async (table: Promise<{ objects(): object[] }>): Promise<Row[]> =>
  (await table).objects().map((row) => ({ ...row }));

describe("slicesTable", () => {
  test("has by task the drifts that the scores have by task", async () => {
    const scores = (await rowsOf(scoresTable(study))).filter(({ task, drift }) => task !== "all" && drift !== null);
    const slices = await rowsOf(slicesTable(study));
    expect(scores).toHaveLength(4);
    expect(
      slices.map(({ variant, sliceValue, drift, pairs, unpaired }) => [variant, sliceValue, drift, pairs, unpaired]),
    ).toEqual(scores.map(({ variant, task, drift, pairs, unpaired }) => [variant, task, drift, pairs, unpaired]));
  });

  test("cuts every pair into one slice, and counts what a slice leaves out", async () => {
    const [whole] = (await rowsOf(scoresTable(study))).filter(({ task, bits }) => task === "all" && bits === 3);
    const slices = (await rowsOf(slicesTable(study, { by: "group" }))).filter(({ bits }) => bits === 3);
    expect(slices.length).toBeGreaterThan(5);
    const sum = (name: string): number => slices.reduce((total, row) => total + Number(row[name]), 0);
    expect(sum("pairs")).toBe(whole.pairs);
    expect([sum("lost"), sum("gained")]).toEqual([whole.lost, whole.gained]);
    expect(slices.flatMap((row) => Object.values(row)).filter(Number.isNaN)).toEqual([]);
  });

  test("names the columns that there are for one that isn't", async () => {
    await expect(slicesTable(study, { by: "colour" })).rejects.toThrow(/no column colour, expected .*group.*topic/);
  });
});

describe("positionsTable", () => {
  test("joins over all positions to the variant's perplexity", async () => {
    const positions = await rowsOf(positionsTable(study));
    for (const { variant, perplexity, scored } of await rowsOf(variantsTable(study))) {
      const own = positions.filter((row) => row.variant === variant);
      const logs = own.reduce((sum, row) => sum + Number(row.scored) * Math.log(Number(row.perplexity)), 0);
      expect(own.reduce((sum, row) => sum + Number(row.scored), 0)).toBe(scored);
      expect(Math.exp(logs / Number(scored))).toBeCloseTo(Number(perplexity), 9);
    }
  });

  test("takes of each window the tokens that stand there", async () => {
    const [first] = (await rowsOf(positionsTable(study))).filter(({ positionFrom }) => positionFrom === 2);
    const records = await study.records("toy/dense", PERPLEXITY);
    const values = records.flatMap(({ logProbabilities }) => logProbabilities?.slice(1, 3) ?? []);
    expect(first).toMatchObject({ positionTo: 3, scored: values.length });
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(first.perplexity).toBeCloseTo(Math.exp(-mean), 9);
  });
});

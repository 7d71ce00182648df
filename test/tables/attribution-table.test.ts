import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { copyStudy, openStudy, type Study } from "../../lib/study/index.js";
import {
  attributedAnswersTable,
  attributionPlanTable,
  attributionTable,
  attributionWords,
  columnOf,
} from "../../lib/tables/index.js";
import { attributeToyFlips, toyStudy } from "./toy-study.js";

let study: Study;
beforeAll(async () => {
  study = await toyStudy();
  await attributeToyFlips(study);
});
afterAll(() => study.close());

const rowsOf = (table: { objects(): object[] }): Readonly<Record<string, unknown>>[] =>
  table.objects().map((row) => ({ ...row }));

test("a variant's rows go from nothing over its blocks by depth to everything, every column is declared and no cell is NaN", async () => {
  const table = await attributionTable(study);
  const rows = rowsOf(table);
  expect(rows.map(({ part }) => part)).toEqual([0, 1].flatMap(() => ["nothing", "block 0", "block 1", "block 2", "everything"]));
  expect(rows.slice(0, 5).map(({ block }) => block)).toEqual([null, 0, 1, 2, null]);
  expect(rows.slice(0, 5).map(({ undone, caused }) => [undone, caused])).toEqual([[0, 0], [0, 0], [6, 0], [0, 3], [6, 6]]); // prettier-ignore
  expect(rows.slice(1, 4).map(({ undoneUpTo }) => undoneUpTo)).toEqual([0, 1, 1]);
  expect(rows.every(({ fewClusters }) => fewClusters)).toBe(true);
  for (const name of table.columnNames()) expect(columnOf(name)).toBeDefined();
  expect(rows.flatMap((row) => Object.values(row)).filter((cell) => Number.isNaN(cell))).toEqual([]);
});

test("restricted to variants, dimensions or tasks, it holds no others", async () => {
  const [other] = Object.keys(study.manifest().variants).filter((id) => id.includes("magnitude"));
  expect((await attributionTable(study, { variants: [other] })).numRows()).toBe(5);
  expect((await attributionTable(study, { dimensions: ["ethics"] })).numRows()).toBe(0);
  expect((await attributionTable(study, { tasks: ["benign"] })).numRows()).toBe(10);
  expect((await attributionTable(study, { by: "matrix" })).numRows()).toBe(0);
});

test("the answers have a row each, with both texts before and the state that came of it", async () => {
  const rows = rowsOf(await attributedAnswersTable(study, { variants: ["rtn-3bit"] }));
  expect(rows).toHaveLength(2 * (3 + 2) * 12); // views, parts and the whole ones, flips and controls
  const back = rows.filter(({ part, view, flip }) => part === "block 1" && view === "restored" && flip === "lost");
  expect(new Set(back.map(({ state, turned }) => `${String(state)} ${String(turned)}`))).toEqual(new Set(["right true"]));
  expect(rows.filter(({ flip }) => flip === "kept").every(({ turned }) => turned === null)).toBe(true);
});

test("the words name the block, its interval, what it does to unchanged answers, the floor and the few clusters", async () => {
  const [words] = await attributionWords(study);
  expect(words).toContain("rtn-3bit, stereotype: 6 of 6 flips from dense (from Q4_1) and 6 unchanged answers were asked again");
  expect(words).toMatch(/restoring block 1 undoes the most: 6 of 6 \(100 %, 95 % interval 61 % to 100 %\), more than chance/);
  expect(words).toMatch(/it changes 0 of 6 unchanged answers/);
  expect(words).toContain(
    "with nothing restored 0 go back, with everything 6; by chance alone 0 % and 0 % are undone and caused",
  );
  expect(words).toMatch(/from \d clusters only/);
});

test("the plan has a row a variant and dimension", async () => {
  const cost = { variant: "v", dimension: "ethics", suite: "mini", flips: 3, found: 9, controls: 3, variants: 62 };
  const table = await attributionPlanTable([{ ...cost, answers: 372, missing: 300, seconds: null }]);
  expect(rowsOf(table)).toEqual([
    {
      ...{ variant: "v", dimension: "ethics", suite: "mini", flipsFound: 9, flips: 3, controls: 3, variantsAsked: 62 },
      ...{ answers: 372, toAsk: 300, expectedSeconds: null },
    },
  ]);
});

test("a copied study gives the same table, and carries no lock along", async () => {
  const folder = `${study.folder}-copy`;
  await copyStudy(study, folder);
  expect(await readdir(join(folder, ".attribution"))).not.toContain("lock.json");
  const copy = await openStudy(folder);
  expect(rowsOf(await attributionTable(copy))).toEqual(rowsOf(await attributionTable(study)));
  await copy.close();
});

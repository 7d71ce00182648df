import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Study } from "../../lib/study/index.js";
import {
  changedItemsTable,
  columnOf,
  flipsTable,
  itemsTable,
  makeTable,
  scoresTable,
  tableHtml,
  tableText,
  variantsTable,
} from "../../lib/tables/index.js";
import { toyStudy } from "./toy-study.js";

let study: Study;
beforeAll(async () => {
  study = await toyStudy({ tasks: ["benign", "targeted"] });
});
afterAll(() => study.close());

describe("itemsTable", () => {
  test("has a row a record with the scorer's label, the slice columns, and flags to filter by", async () => {
    const table = await itemsTable(study);
    expect(table.numRows()).toBe(3 * 24 * 2);
    expect(table.filter((d: { refused: boolean }) => d.refused).numRows()).toBe(8);
    expect(table.columnNames()).toEqual(
      expect.arrayContaining(["topic", "group", "statement", "groupSize", "official", "state"]),
    );
    expect(table.columnNames().filter((name) => columnOf(name) === undefined)).toEqual([]);
  });

  test("shows another scorer's labels and a choice of variants, by id or title", async () => {
    const table = await itemsTable(study, { scorer: "dt", variants: ["toy/dense", "magnitude-2:4 <b>"] });
    expect(table.numRows()).toBe(2 * 24 * 2);
    expect(new Set(table.array("scorer"))).toEqual(new Set(["dt"]));
    expect(new Set(table.array("state"))).toEqual(new Set(["right", "refused"]));
  });

  test("shows windows of a perplexity only if it is named", async () => {
    expect(new Set((await itemsTable(study)).array("dimension"))).toEqual(new Set(["stereotype"]));
    expect((await itemsTable(study, { dimensions: ["perplexity"] })).numRows()).toBe(3 * 5);
  });
});

describe("scoresTable", () => {
  test("has a row for the dimension and for each task, with counts and the drift from dense", async () => {
    const table = await scoresTable(study);
    expect(table.array("task")).toEqual(Array(3).fill(["all", "benign", "targeted"]).flat());
    const rtn = table.objects()[3];
    expect(rtn).toMatchObject({ variant: "rtn-3bit", n: 48, lost: 12, gained: 0, unpaired: 0, scorer: "touchstone" });
    expect([Number(table.get("score", 3)), Number(table.get("drift", 3))].map((value) => value.toFixed(6))).toEqual([
      "75.000000",
      "-25.000000",
    ]);
    expect(table.array("drift").slice(0, 3)).toEqual([null, null, null]);
  });

  test("is the same every time it is made", async () =>
    expect((await scoresTable(study)).objects()).toEqual((await scoresTable(study)).objects()));

  test("counts what was not answered apart", async () => {
    const table = await scoresTable(study);
    expect([table.get("refusals", 6), table.get("degenerates", 6)]).toEqual([8, 6]);
  });
});

test("variantsTable gives size, error and perplexity, with its ratio to dense", async () => {
  const rows = (await variantsTable(study)).objects();
  expect(rows).toMatchObject([
    { variant: "dense (from Q4_1)", perplexityRatio: null, scored: 35 },
    { variant: "rtn-3bit", groupSize: "64", perplexityRatio: 1 },
    { variant: "magnitude-2:4 <b>" },
  ]);
});

test("changedItemsTable lists what changed with both texts, the most serious kind first", async () => {
  const rows = (await changedItemsTable(study)).objects();
  expect(rows[0]).toMatchObject({
    variant: "rtn-3bit",
    flip: "lost",
    before: "right",
    after: "wrong",
    outputBefore: "I disagree. People differ.",
  });
  expect(rows.filter((row) => "flip" in row && row.flip === "withdrew")).toHaveLength(8);
  expect((await changedItemsTable(study, { texts: true })).numRows()).toBe(96);
});

test("flipsTable counts every pair in one of sixteen cells", async () => {
  const counts = (await flipsTable(study)).array("count");
  expect(counts).toHaveLength(32);
  expect([...counts].reduce((sum: number, count) => sum + Number(count), 0)).toBe(96);
});

describe("tableHtml", () => {
  const show = async (rows: Parameters<typeof makeTable>[1], options = {}) => {
    const table = await makeTable(Object.keys(rows[0]), rows);
    return { html: tableHtml(table, options), text: tableText(table, options) };
  };

  test("escapes everything, folds long texts and holds no script", async () => {
    const { html } = await show([{ output: `<script>alert("1")</script>${"x".repeat(100)}`, "<b>": "a" }]);
    expect(html).not.toMatch(/<script|<b>/);
    expect(html).toContain("<details><summary>&#60;script&#62;");
  });

  test("shows the first and last rows and says of how many", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({ item: `i${i}`, n: i }));
    const { html, text } = await show(rows, { first: 3, last: 2 });
    expect(html.match(/<tr>/g)).toHaveLength(1 + 3 + 1 + 2);
    expect(html).toContain("showing 5 of 40 rows");
    expect(text.split("\n").map((line) => line.trim().split(/\s+/)[0])).toEqual([
      "item",
      "i0",
      "i1",
      "i2",
      "⋮",
      "i38",
      "i39",
      "showing",
    ]);
  });

  test.each([
    [{ score: 71.2345 }, "71.2"],
    [{ drift: -0.04 }, "0.0"],
    [{ drift: -3.25 }, "−3.3"],
    [{ perplexityHigh: Infinity }, "∞"],
    [{ other: 0.123456 }, "0.1235"],
    [{ other: 12345678 }, "12345678"],
    [{ refused: true }, "yes"],
  ])("writes %j as %s", async (row, expected) => expect((await show([row])).text.split("\n")[1].trim()).toBe(expected));

  test("puts unit and meaning in the header and numbers to the right", async () => {
    const { html } = await show([{ drift: 1, variant: "a" }]);
    expect(html).toContain('<th style="text-align:right" title="score minus the dense variant');
    expect(html).toContain("points</span>");
    expect(html).toContain('<td style="text-align:left');
  });

  test("follows the table's filter and order", async () => {
    const table = (await makeTable(["n"], [{ n: 1 }, { n: 3 }, { n: 2 }])).filter((d: { n: number }) => d.n > 1).orderby("n");
    expect(
      tableText(table)
        .split("\n")
        .slice(1, 3)
        .map((line) => line.trim()),
    ).toEqual(["2", "3"]);
  });

  test("of no rows says so", async () => expect(tableHtml(await makeTable(["n"], []))).toContain("0 rows"));
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { drawPlot, plots, renderSvg } from "../../lib/plots/index.js";
import type { Study } from "../../lib/study/index.js";
import { makeTable } from "../../lib/tables/index.js";
import { toyStudy } from "../tables/toy-study.js";

let study: Study;
beforeAll(async () => {
  study = await toyStudy();
});
afterAll(() => study.close());

describe.each(Object.values(plots).map((plot) => [plot.name, plot] as const))("the plot %s", (name, plot) => {
  test("stands in the catalogue under its own name", () => expect(Object.entries(plots)).toContainEqual([name, plot]));

  test("compiles without a complaint and draws every variant, escaped, in under 200 KB", async () => {
    const { spec, table } = await drawPlot(name, study);
    const svg = await renderSvg(spec);
    for (const variant of new Set(table.array("variant"))) {
      if (name === "drift" && String(variant).startsWith("dense")) continue; // no drift from itself
      expect(svg).toContain(String(variant).replace("<b>", "&lt;b&gt;"));
    }
    expect(svg.length).toBeLessThan(200_000);
    expect(Number(/width="(\d+)/.exec(svg)?.[1])).toBeLessThanOrEqual(640);
  });

  test("asks its question in the title and holds its data", async () => {
    const { spec } = await drawPlot(name, study);
    expect(spec).toMatchObject({ $schema: "https://vega.github.io/schema/vega-lite/v5.json", title: { text: plot.question } });
    expect(JSON.stringify(spec)).toContain("rtn-3bit");
  });

  test("refuses a table without its columns, and one without rows", async () => {
    expect(() => plot.specify(emptyTable)).toThrow(/a table without/);
    const empty = await makeTable(plot.needs, []);
    expect(() => plot.specify(empty)).toThrow(/no rows/);
  });
});

let emptyTable: Awaited<ReturnType<typeof makeTable>>;
beforeAll(async () => {
  emptyTable = await makeTable(["other"], [{ other: 1 }]);
});

test("intervals, points and labels are drawn once a variant", async () => {
  const svg = await renderSvg((await drawPlot("scores", study)).spec);
  const marks = (role: string) =>
    (svg.match(new RegExp(`class="mark-${role} role-mark layer_[^"]*"[^>]*>(.*?)</g>`, "s"))?.[1] ?? "").match(
      /<(line|path|text)/g,
    );
  expect([marks("rule"), marks("symbol"), marks("text")].map((found) => found?.length)).toEqual([3, 3, 3]);
});

test("several dimensions make a heat map of dimension and variant", async () => {
  const row = {
    variant: "a",
    method: "rtn",
    bits: 4,
    pattern: null,
    task: "all",
    low: 1,
    high: 2,
    n: 3,
    counted: 3,
    refusals: 0,
    scorer: "dt",
  };
  const rows = [
    { ...row, dimension: "stereotype", score: 50, drift: -3 },
    { ...row, dimension: "ethics", score: 61.5, drift: 2 },
  ];
  const svg = await renderSvg(plots.scores.specify(await makeTable(Object.keys(rows[0]), rows)));
  expect(svg).toContain("61.5");
  expect(svg.match(/class="mark-rect role-mark/g)).toHaveLength(1);
});

test("an unknown plot is answered with the nearest", () =>
  expect(drawPlot("scoers", study)).rejects.toThrow(/did you mean "scores"/i));

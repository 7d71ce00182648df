import { createRequire } from "node:module";

import { Ajv } from "ajv";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import type { Variant } from "../../lib/compression/index.js";

import { endLabels } from "../../lib/plots/end-labels.js";
import { activationsRows } from "./activations-rows.js";
import { drawPlot, plots, renderSvg } from "../../lib/plots/index.js";
import type { Study } from "../../lib/study/index.js";
import { makeTable } from "../../lib/tables/index.js";
import { attributeToyFlips, toyStudy } from "../tables/toy-study.js";
import { toyVariants } from "../tables/toy-variants.js";

vi.setConfig({ testTimeout: 60_000 });

let study: Study;
let compressed: readonly Variant[];
beforeAll(async () => {
  study = await toyStudy();
  await attributeToyFlips(study);
  compressed = await toyVariants();
});
const drawn = new Map<string, ReturnType<typeof drawOne>>();
const draw = (name: string): ReturnType<typeof drawOne> => {
  const known = drawn.get(name) ?? drawOne(name);
  drawn.set(name, known);
  return known;
};

/** Activations need the engine, which unit tests have not: their table is made up here, and compared in the reference tests. */
async function drawOne(name: string) {
  if (name !== "activations") return drawPlot(name, study, { compressed });
  const table = await makeTable(plots.activations.needs, activationsRows());
  return { plot: plots.activations, table, spec: plots.activations.specify(table) };
}
afterAll(() => study.close());

describe.each(Object.values(plots).map((plot) => [plot.name, plot] as const))("the plot %s", (name, plot) => {
  test("stands in the catalogue under its own name", () => expect(Object.entries(plots)).toContainEqual([name, plot]));

  test("compiles without a complaint and draws every variant, escaped, in under 200 KB", async () => {
    const { spec, table } = await draw(name);
    const svg = await renderSvg(spec);
    for (const variant of new Set(name === "claims" ? [] : table.array("variant"))) {
      if (variant === null) continue; // published figures, of no variant of ours
      if (["drift", "slices"].includes(name) && String(variant).startsWith("dense")) continue; // no drift from itself
      expect(svg).toContain(String(variant).replace("<b>", "&lt;b&gt;"));
    }
    expect(svg.length).toBeLessThan(200_000);
    expect(Number(/width="(\d+)/.exec(svg)?.[1])).toBeLessThanOrEqual(640);
  });

  test("asks its question in the title and holds its data", async () => {
    const { spec } = await draw(name);
    expect(spec).toMatchObject({ $schema: "https://vega.github.io/schema/vega-lite/v5.json", title: { text: plot.question } });
    expect(JSON.stringify(spec)).toContain(name === "claims" ? '"figures":"ours"' : "rtn-3bit");
  });

  test("is a valid specification by the published schema, without NaN, of at most 5,000 marks", async () => {
    const { spec } = await draw(name);
    expect(schemaErrors(spec)).toEqual([]);
    const svg = await renderSvg(spec);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(svg.match(/<(path|text|line|rect)[ >]/g)?.length).toBeLessThanOrEqual(5000);
  });

  test("refuses a table without its columns, and one without rows", async () => {
    expect(() => plot.specify(emptyTable)).toThrow(/a table without/);
    const empty = await makeTable(plot.needs, []);
    expect(() => plot.specify(empty)).toThrow(/no rows/);
  });
});

const schema: unknown = createRequire(import.meta.url)("vega-lite/build/vega-lite-schema.json");
const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
if (!isObject(schema)) throw new Error("Vega-Lite has no schema");
const isValid = new Ajv({ strict: false, validateFormats: false, allErrors: false }).compile(schema);

/** What the schema says against a specification as JSON, which is how a notebook holds it. */
function schemaErrors(spec: unknown): unknown[] {
  const plain: unknown = JSON.parse(JSON.stringify(spec));
  return isValid(plain) ? [] : (isValid.errors ?? []).slice(0, 5);
}

test("the schema refuses what is no specification", () => expect(schemaErrors({ mark: "nothing" })).not.toEqual([]));

let emptyTable: Awaited<ReturnType<typeof makeTable>>;
beforeAll(async () => {
  emptyTable = await makeTable(["other"], [{ other: 1 }]);
});

test("the plot of the paper joins a published point with ours where method and rate are the same", async () => {
  const { spec, table } = await draw("paper");
  const rows = table.objects().map((row): Readonly<Record<string, unknown>> => ({ ...row }));
  expect(rows.filter(({ published, score }) => published !== null && score !== null)).toHaveLength(1); // dense
  const svg = await renderSvg(spec);
  expect(svg).toContain("compare directions, not levels");
});

test("the plot of claims has a cell for each claim and model", async () => {
  const { spec, table } = await draw("claims");
  const svg = await renderSvg(spec);
  expect(svg.match(/class="mark-rect role-mark.*?<\/g>/s)?.[0].match(/<path/g)).toHaveLength(table.numRows());
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
  const cells = /class="mark-rect role-mark layer_0[^>]*>(.*?)<\/g>/s.exec(svg)?.[1].match(/<path/g);
  expect(cells).toHaveLength(2);
});

test("drifts are not drawn where there are none", async () => {
  const { table } = await draw("drift");
  const dense = Object.fromEntries(table.columnNames().map((name) => [name, name === "method" ? "dense" : null]));
  const nothing = await makeTable(table.columnNames(), [dense]);
  expect(() => plots.drift.specify(nothing)).toThrow(/no drift from a dense variant.*with %trust/);
});

describe("the plot of layers", () => {
  const lines = (svg: string): number => svg.match(/class="mark-line role-mark[^>]*>\s*<path/g)?.length ?? 0;

  test("draws a line a matrix and panel, and says where outputs were not measured", async () => {
    const svg = await renderSvg((await draw("layers")).spec);
    expect(lines(svg)).toBe(7 * 3);
    expect(svg.match(/not measured/g)).toHaveLength(1);
    for (const name of ["q", "k", "v", "o", "gate", "up", "down"])
      expect(svg.match(new RegExp(`>${name}</text>`, "g"))).toHaveLength(3);
  });

  test("leaves matrices out that were kept dense, and says how many", async () => {
    const kept = compressed.map((variant) => ({
      ...variant,
      layers: variant.layers.map((layer) => (layer.site.endsWith("down") ? { ...layer, relativeError: 0 } : layer)),
    }));
    const { spec } = await drawPlot("layers", study, { compressed: kept });
    expect(JSON.stringify(spec.title)).toContain("4 without any error are not drawn");
    expect(await renderSvg(spec)).not.toContain(">down</text>");
  });

  test("with chosen variants draws these only", async () => {
    const [first] = compressed;
    const { table } = await drawPlot("layers", study, { compressed, variants: [first.id] });
    expect(new Set(table.array("variant"))).toEqual(new Set([first.title]));
  });
});

test("the plot of weights says the share of zeros of every variant beside the dense one's", async () => {
  const { spec, table } = await draw("weights");
  const svg = await renderSvg(spec);
  expect(svg).toContain(`zeros ${(100 * compressed[1].summary.sparsity).toFixed(1)} %, dense 0.0 %`);
  expect(svg.match(/>zeros \d/g)).toHaveLength(new Set(table.array("variant")).size);
});

test.each(["layers", "weights", "activations"])("the plot %s without a compressed variant says how to make one", (name) =>
  expect(drawPlot(name, study)).rejects.toThrow(/no compressed variants.*%compress/),
);

test("labels at lines' ends keep their order, their distance and the panel, and stay where there is room", () => {
  const axis = { domain: [0.01, 1], height: 100, gap: 10 } as const;
  const place = (value: number): number => (100 * Math.log(value / 0.01)) / Math.log(100);
  const end = fc.record({ name: fc.string(), value: fc.double({ min: 0.01, max: 1, noNaN: true }) });
  fc.assert(
    fc.property(fc.array(end, { maxLength: 10 }), (ends) => {
      const sorted = [...ends].sort((a, b) => a.value - b.value);
      const labels = endLabels(ends, axis);
      expect(labels.map(({ name }) => name)).toEqual(sorted.map(({ name }) => name));
      const places = labels.map(({ value }) => place(value));
      for (const [i, at] of places.entries()) {
        expect(at).toBeGreaterThan(-1e-6);
        expect(at).toBeLessThan(100 + 1e-6);
        if (i > 0) expect(at - places[i - 1]).toBeGreaterThan(10 - 1e-6);
      }
    }),
  );
  const apart = [0.02, 0.1, 0.9].map((value) => ({ name: String(value), value }));
  endLabels(apart, axis).forEach(({ value }, i) => expect(value).toBeCloseTo(apart[i].value, 10));
});

describe("the plot of attribution", () => {
  test("draws both views of each block in a panel a variant and names what stands out", async () => {
    const { spec, table } = await draw("attribution");
    const svg = await renderSvg(spec);
    expect(svg.match(/class="mark-symbol role-mark[^>]*>(.*?)<\/g>/gs)).toHaveLength(2);
    const symbols = svg.match(/class="mark-symbol role-mark.*?<\/g>/gs)?.map((marks) => marks.match(/<path/g)?.length);
    expect(symbols).toEqual([6, 6]);
    const found = table.filter("d => d.block !== null && d.undoneP < 0.05").array("part");
    expect([...new Set(found)]).toEqual(["block 1"]);
    expect(svg).toContain('font-weight="bold" fill="#0072b2">1</text>');
    expect(svg).toContain("restored: undone");
  });

  test("of kinds of matrices has a place a kind, and another question", async () => {
    const other = await toyStudy();
    await expect(drawPlot("attribution", other)).rejects.toThrow(/no rows|no flips that were asked again/);
    await attributeToyFlips(other, "matrix");
    const { spec } = await drawPlot("attribution", other, { by: "matrix" });
    const svg = await renderSvg(spec);
    expect(spec).toMatchObject({ title: { text: "Which matrices cause the flips?" } });
    for (const kind of ["q", "k", "down"]) expect(svg).toContain(`>${kind}</text>`);
    expect(schemaErrors(spec)).toEqual([]);
    await other.close();
  });
});

test("an unknown plot is answered with the nearest", () =>
  expect(drawPlot("scoers", study)).rejects.toThrow(/did you mean "scores"/i));

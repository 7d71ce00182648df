import { table } from "arquero";
import { describe, expect, test } from "vitest";
import { rawBundle, toBundle, type Rendering } from "../../../kernel/runner/display.js";

function rendering(complaints: string[] = []): Rendering {
  return {
    complain: (text) => complaints.push(text),
    renderers: {
      tableHtml: () => Promise.resolve("<table></table>"),
      tableText: () => Promise.resolve("a table"),
      renderSvg: (spec) => Promise.resolve(`<svg>${Object.keys(spec).join()}</svg>`),
    },
  };
}

const SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json";
const data = async (value: unknown, how = rendering()): Promise<Record<string, unknown>> => ({
  ...(await toBundle(value, how)).data,
});

describe("plain values", () => {
  test.each([
    ["a number", 42, "42"],
    ["a text", "late", "'late'"],
    ["null", null, "null"],
    ["a deep object", { a: { b: { c: { d: { e: { f: 1 } } } } } }, "{\n  a: {\n    b: { c: { d: { e: [Object] } } }\n  }\n}"],
    ["a big integer", 10n, "10n"],
  ])("%s shows as text at once", (_name, value, text) => {
    expect(toBundle(value, rendering())).toEqual({ data: { "text/plain": text }, metadata: {} });
  });

  test("a long list shows its first 100 items", async () => {
    expect(String((await data(Array.from({ length: 150 }, () => 7)))["text/plain"])).toContain("50 more items");
  });

  test("a value whose inspection throws still shows something", async () => {
    const hostile = new Proxy({}, { getPrototypeOf: () => { throw new Error("no"); } }); // prettier-ignore
    expect(String((await data(hostile))["text/plain"])).not.toBe("");
  });
});

describe("rich values", () => {
  test("an object's own Jupyter.display method makes its bundle", async () => {
    const value = { [Symbol.for("Jupyter.display")]: () => ({ "text/html": "<b>x</b>", "text/plain": "x" }) };
    expect(await data(value)).toEqual({ "text/html": "<b>x</b>", "text/plain": "x" });
  });

  test("an Arquero table shows as HTML and text", async () => {
    expect(await data(table({ a: [1, 2] }))).toEqual({ "text/html": "<table></table>", "text/plain": "a table" });
  });

  test("a Vega-Lite specification shows as version 5, picture and text, without HTML", async () => {
    const spec = {
      $schema: "https://vega.github.io/schema/vega-lite/v6.json",
      title: "Rates",
      mark: "bar",
      encoding: { x: { field: "a" } },
      data: { values: [{ a: 1 }] },
    };
    const shown = await data(spec);
    expect(Object.keys(shown).sort()).toEqual(["application/vnd.vegalite.v5+json", "image/svg+xml", "text/plain"]);
    expect(shown["application/vnd.vegalite.v5+json"]).toEqual({ ...spec, $schema: SCHEMA });
    expect(shown["text/plain"]).toBe("Vega-Lite plot: Rates (bar of a; 1 rows)");
  });

  test("more than 5,000 rows are thinned out, and the text says so", async () => {
    const values = Array.from({ length: 12_000 }, (_, row) => ({ row }));
    const shown = await data({ $schema: SCHEMA, mark: "point", data: { values } });
    expect(shown).toHaveProperty(["application/vnd.vegalite.v5+json", "data", "values", "length"], 5_000);
    expect(shown["text/plain"]).toContain("5000 of 12000 rows");
  });

  test("a value that can't even be looked at shows as text", async () => {
    const complaints: string[] = [];
    const hostile = { get [Symbol.for("Jupyter.display")]() { throw new Error("hands off"); } }; // prettier-ignore
    expect(Object.keys(await data(hostile, rendering(complaints)))).toEqual(["text/plain"]);
    expect(complaints.join("")).toContain("hands off");
  });

  test("a renderer that fails leaves the text and a line on stderr", async () => {
    const complaints: string[] = [];
    const value = { kind: "odd", [Symbol.for("Jupyter.display")]: () => Promise.reject(new Error("no ink")) };
    expect(Object.keys(await data(value, rendering(complaints)))).toEqual(["text/plain"]);
    expect(complaints).toEqual(["This value's picture could not be made: no ink\n"]);
  });
});

test("a raw bundle is made safe for JSON", () => {
  const circle: Record<string, unknown> = {
    n: Number.NaN,
    big: 10n,
    map: new Map([["a", new Set([1])]]),
    floats: new Float32Array([0.5]),
  };
  circle.self = circle;
  expect(rawBundle({ "application/json": circle, "image/png": new Uint8Array([1, 2, 3]) })).toEqual({
    "application/json": { n: null, big: "10", map: { a: [1] }, floats: [0.5], self: "[Circular]" },
    "image/png": "AQID",
  });
});

import { rm } from "node:fs/promises";
import { dirname } from "node:path";

import type { ColumnTable } from "arquero";
import { afterAll, beforeAll, expect, test } from "vitest";

import { compare } from "../../../kernel/magics/compare.js";
import { items } from "../../../kernel/magics/items.js";
import type { Magic } from "../../../kernel/magics/magic.js";
import { toBundle } from "../../../kernel/runner/display.js";
import { libraryRenderers } from "../../../kernel/runner/library.js";
import { BY_SEVERITY } from "../../../lib/analysis/index.js";
import type { Study } from "../../../lib/index.js";
import { toyStudy } from "../../tables/toy-study.js";
import { quietContext } from "./quiet-context.js";

let study: Study;
beforeAll(async () => {
  study = await toyStudy();
});
afterAll(async () => {
  await study.close();
  await rm(dirname(study.folder), { recursive: true });
});

/** What a line returns, what it displays, and how the notebook shows its value. */
async function run(magic: Magic, ...words: string[]) {
  const shown: unknown[] = [];
  const session = { magicNames: [], model: undefined, engine: undefined, variants: new Map(), study };
  const context = quietContext({ session, display: (value) => void shown.push(value) });
  const value: unknown = await magic.run({ kind: "line", words: words.map((text) => ({ kind: "text", text })) }, context);
  const { data } = await toBundle(value, { renderers: libraryRenderers, complain: (text) => shown.push(text) });
  return { value, shown, html: String(data["text/html"]), text: String(data["text/plain"]) };
}
const isTable = (value: unknown): value is ColumnTable => typeof value === "object" && value !== null && "numRows" in value;
const tableOf = (value: unknown): ColumnTable => {
  if (!isTable(value)) throw new Error("no table");
  return value;
};

test("%items shows items side by side, and its value is the table of all of them", async () => {
  const { value, shown, html, text } = await run(items, "--flip", "lost,broke", "--variants", "rtn-3bit", "--limit", "2");
  expect(tableOf(value).numRows()).toBe(6);
  expect(text).toContain("6 of 24 pairs of answers: lost or broke; the first 2 shown");
  expect(html.match(/<b>lost<\/b>/g)).toHaveLength(2);
  expect(html).not.toMatch(/<script/);
  expect(shown).toEqual([]);
});

test("a table made from that of %items is shown as any table", async () => {
  const { value } = await run(items);
  const filtered = tableOf(value).filter((d: { flip: string }) => d.flip === "lost");
  const { data } = await toBundle(filtered, { renderers: libraryRenderers, complain: () => undefined });
  expect(String(data["text/html"])).toContain("<th");
});

test("%items knows every name of a change, and a wrong one gets the nearest", async () => {
  const { flip } = items.options;
  expect(flip.values).toEqual(BY_SEVERITY);
  await expect(run(items, "--flip", "ungarded")).rejects.toThrow(/unguarded/);
  await expect(run(items, "--variants", "rtn-4bit")).rejects.toThrow(/rtn-3bit/);
});

test("%compare shows verdicts, then the flips whose cells lead to items, and returns what changed", async () => {
  const { value, shown } = await run(compare, "--variants", "rtn-3bit");
  expect(tableOf(value).numRows()).toBe(6);
  const [verdicts, flips] = shown;
  expect(tableOf(verdicts).numRows()).toBeGreaterThan(0);
  expect(JSON.stringify(flips)).toContain("<summary>6 lost</summary>");
  expect(JSON.stringify(flips)).toContain("18 kept  6 lost");
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import * as aq from "arquero";
import { op } from "arquero";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { chosenRecords, chosenVariants, type Selection } from "../../lib/analysis/index.js";
import { type ItemRecord, openStudy, type Study } from "../../lib/study/index.js";
import { itemsTable, tableHtml } from "../../lib/tables/index.js";
import { fakeRecord, fakeVariant } from "../study/fake-responder.js";

let folder: string;
let study: Study;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "items-"));
  study = await begin(folder);
});
afterEach(async () => {
  await study.close();
  await rm(folder, { recursive: true });
});

async function begin(path: string): Promise<Study> {
  const begun = await openStudy(path);
  for (const { id, title, recipe, summary } of [fakeVariant("dense"), fakeVariant("rtn")])
    await begun.update({ variants: { [id]: { title, recipe, summary, modelDigest: "d" } } });
  return begun;
}

const text = fc.oneof(
  fc.constantFrom("", "a", "b", "ä\u0301", "\ud83d\ude00", "\u2028"),
  fc.string({ unit: "binary", maxLength: 6 }),
);
const few = fc.constantFrom("a", "b", "");
const aRecord = fc.record({
  ...{ variant: fc.constantFrom("toy/dense", "toy/rtn"), dimension: fc.constantFrom("stereotype", "ethics", "perplexity") },
  ...{ task: few, item: few, cluster: text, stratum: fc.option(text), suite: few, settings: few },
  slices: fc.oneof(
    fc.record({ topic: text }),
    fc.record({ "a slice": text, group: text }),
    fc.constant({}),
    fc.record({ task: text }),
  ),
  ...{ repeat: fc.nat({ max: 2 }), decodingSeed: fc.option(fc.nat({ max: 1 })) },
  judgement: fc.option(fc.record({ judge: fc.constantFrom("mild 1", "strict"), scores: fc.constant({}) })),
  labels: fc.array(
    fc.record({
      ...{ scorer: fc.constantFrom("touchstone" as const, "dt" as const), official: text },
      state: fc.constantFrom("right" as const, "wrong" as const, "refused" as const, "degenerate" as const),
      value: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { maxLength: 2 },
  ),
  generation: fc.record({
    ...{ prompt: text, text, finish: fc.constant("end" as const) },
    ...{ promptTokens: fc.nat(), outputTokens: fc.nat(), seconds: fc.double({ min: 0, max: 1e6, noNaN: true }) },
  }),
});
const aSelection = fc.record(
  {
    ...{ dimensions: fc.subarray(["stereotype", "ethics", "perplexity"]), tasks: fc.subarray(["a", "b"]) },
    ...{ items: fc.subarray(["a", "b", ""]), suites: fc.subarray(["a", ""]), judge: fc.constantFrom("mild", "strict") },
    ...{ scorer: fc.constantFrom("touchstone" as const, "dt" as const), variants: fc.subarray(["toy/dense", "rtn"]) },
  },
  { requiredKeys: [] },
);

/** The table's rows straight from the records. */
async function directly(selection: Selection): Promise<Readonly<Record<string, unknown>>[]> {
  const { scorer = "touchstone" } = selection;
  const rows: Readonly<Record<string, unknown>>[] = [];
  for (const { id, title } of chosenVariants(study, selection))
    for (const record of await chosenRecords(study, id, selection)) rows.push(rowOf(record, title, scorer));
  const slices = new Set(rows.flatMap((row) => Object.keys(row)));
  return rows.map((row) => ({ ...Object.fromEntries([...slices].map((name) => [name, null])), ...row }));
}

function rowOf(record: ItemRecord, title: string, scorer: string): Readonly<Record<string, unknown>> {
  const { task, item, cluster, stratum, suite, settings, repeat, decodingSeed, dimension, generation, judgement } = record;
  const label = record.labels.find((one) => one.scorer === scorer);
  return {
    ...record.slices,
    ...{ study: basename(study.folder), model: "toy", variant: title, method: title, bits: null, pattern: null, sparsity: 0 },
    ...{ rate: 1, bitsPerWeight: 16, groupSize: null, calibration: null, calibrationSeed: null },
    ...{ task, item, cluster, stratum, suite, settings: settings === "" ? null : settings, repeat, decodingSeed, dimension },
    ...{ prompt: generation.prompt, output: generation.text, tokens: generation.outputTokens, seconds: generation.seconds },
    ...{ judge: judgement?.judge ?? null, chatTemplate: record.template, precision: record.precision, backend: record.backend },
    ...{ scorer: label?.scorer ?? null, official: label?.official ?? null, state: label?.state ?? null },
    ...{ value: label?.value ?? null, refused: label?.state === "refused", degenerate: label?.state === "degenerate" },
  };
}

test("the table through the index is the one made from the records, also after more were appended", { timeout: 60_000 }, () =>
  fc.assert(
    fc.asyncProperty(fc.array(aRecord, { maxLength: 12 }), fc.nat({ max: 12 }), aSelection, async (parts, first, selection) => {
      const all = parts.map((one) => fakeRecord(one));
      for (const batch of [all.slice(0, first), all.slice(first)]) {
        for (const record of batch) await study.append(record.variant, record.dimension, [record]);
        expect((await itemsTable(study, selection)).objects()).toEqual(await directly(selection));
      }
      await study.close();
      await rm(folder, { recursive: true });
      study = await begin(folder);
    }),
    { numRuns: 40 },
  ),
);

describe("Arquero's verbs", () => {
  beforeEach(async () => {
    const states = ["right", "wrong", "refused"] as const;
    for (const variant of ["toy/dense", "toy/rtn"]) {
      const records = ["c", "a", "b"].map((item, i) => {
        const generation = { prompt: `prompt ${item}`, text: `${variant} ${item}`, finish: "end" } as const;
        return fakeRecord({
          ...{ variant, item, generation: { ...generation, promptTokens: 1, outputTokens: i, seconds: i } },
          labels: [{ scorer: "touchstone", official: "", state: states[i], ...(i < 2 ? { value: 1 - i } : {}) }],
        });
      });
      await study.append(variant, "stereotype", records);
    }
  });

  test("filter, order, slice and copy rows, and texts follow", async () => {
    const table = await itemsTable(study);
    const chosen = table
      .filter((d: { variant: string }) => d.variant === "rtn")
      .orderby("item")
      .slice(0, 2);
    expect(chosen.array("output")).toEqual(["toy/rtn a", "toy/rtn b"]);
    expect(chosen.reify().array("prompt")).toEqual(["prompt a", "prompt b"]);
    expect(table.orderby("prompt").array("item")).toEqual(["a", "a", "b", "b", "c", "c"]);
    expect(table.filter((d: { output: string }) => d.output === "toy/rtn c").numRows()).toBe(1);
  });

  test("group and summarise; what has no value is left out of a mean", async () => {
    const means = (await itemsTable(study)).groupby("variant").rollup({ mean: op.mean("value"), valid: op.valid("value") });
    expect(means.objects()).toEqual([
      { variant: "dense", mean: 0.5, valid: 2 },
      { variant: "rtn", mean: 0.5, valid: 2 },
    ]);
  });

  test("group by coded columns as by any others: same groups, same order, null and filters too", async () => {
    const table = await itemsTable(study);
    const plain = aq.table(table.columnNames().map((name): [string, unknown[]] => [name, [...table.array(name)]]));
    for (const keys of [["variant"], ["settings", "state"], ["refused", "item", "variant"], ["tokens", "item"]]) {
      for (const chosen of [(one: aq.ColumnTable) => one, (one: aq.ColumnTable) => one.filter("d => d.item !== 'c'")]) {
        const counts = (one: aq.ColumnTable) =>
          chosen(one)
            .groupby(...keys)
            .rollup({ n: op.count(), mean: op.mean("value") });
        expect(counts(table).objects()).toEqual(counts(plain).objects());
      }
    }
    expect(table.groupby("method", "dimension").filter("d => d.tokens < 2").count().array("count")).toEqual([2, 2]);
  });

  test("join, concatenate and fold", async () => {
    const table = await itemsTable(study);
    const [dense, rtn] = ["dense", "rtn"].map((name) => table.filter(`d => d.variant === "${name}"`));
    const both = dense.select("item", "output").join(rtn.select("item", "output"), "item");
    expect(both.array("output_2")).toEqual(["toy/rtn c", "toy/rtn a", "toy/rtn b"]);
    expect(dense.concat(rtn).array("output")).toEqual(table.array("output"));
  });

  test("find numbers without gaps in typed arrays, and null where there is none", async () => {
    const table = await itemsTable(study);
    expect(table.column("tokens")).toBeInstanceOf(Float64Array);
    expect(table.array("value")).toEqual([1, 0, null, 1, 0, null]);
  });

  test("a table shows its texts", async () =>
    expect(tableHtml((await itemsTable(study)).filter((d: { item: string }) => d.item === "a"))).toContain("toy/rtn a"));
});

test("records of one answer count once, the last of them", async () => {
  const label = { scorer: "touchstone", official: "", state: "right", value: 1 } as const;
  await study.append("toy/dense", "stereotype", [fakeRecord({}), fakeRecord({}), fakeRecord({ labels: [label] })]);
  expect((await itemsTable(study)).array("state")).toEqual(["right"]);
});

test("a study of a single answer, and one of none, have tables", async () => {
  expect((await itemsTable(study)).numRows()).toBe(0);
  await study.append("toy/dense", "stereotype", [fakeRecord({})]);
  expect((await itemsTable(study)).objects()).toMatchObject([{ variant: "dense", output: "I disagree.", value: null }]);
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { expect, test } from "vitest";

import { chosenRecords } from "../../lib/analysis/selection.js";
import { openStudy } from "../../lib/study/index.js";
import { itemsTable } from "../../lib/tables/index.js";
import { fakeRecord, fakeVariant } from "../study/fake-responder.js";

test("answers drawn in other ways are left out where the ways are named", async () => {
  const study = await openStudy(join(await mkdtemp(join(tmpdir(), "study-")), "drawn"));
  try {
    const { id, summary } = fakeVariant("dense");
    const entry = { title: "dense", modelDigest: "d1", recipe: { method: "dense", settings: {} }, summary };
    await study.update({ variants: { [id]: entry } });
    const drawn = { settings: "temperature 1", decodingSeed: 0 };
    const records = [fakeRecord({ key: "greedy", variant: id }), fakeRecord({ key: "drawn", variant: id, ...drawn })];
    await study.append(id, records[0].dimension, records);
    const found = await chosenRecords(study, id, { settings: ["temperature 1"] });
    expect(found.map(({ key }) => key)).toEqual(["drawn"]);
    expect((await chosenRecords(study, id, {})).length).toBe(2);
    const table = await itemsTable(study, { settings: [""] });
    expect(table.numRows()).toBe(1);
  } finally {
    await study.close();
    await rm(dirname(study.folder), { recursive: true, force: true });
  }
});

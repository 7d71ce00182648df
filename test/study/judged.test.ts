import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeEach, describe, expect, test } from "vitest";

import { finish } from "../../lib/core/progress.js";
import { evaluate, openStudy, type Study } from "../../lib/study/index.js";
import { changedItemsTable, itemsTable, scoresTable } from "../../lib/tables/index.js";
import { dimensions, type Item, type Judge, relabel } from "../../lib/trust/index.js";
import { fakeResponder, fakeVariant } from "./fake-responder.js";

const items = [0, 1, 2, 3].map((i): Item => {
  const slices = { set: "toxic", topic: "t" };
  return { id: `p${i}/benign`, task: "benign", messages: [], expected: null, cluster: `p${i}`, stratum: "toxic", slices };
});
const suite = { name: "own", dimension: "toxicity", path: "own.jsonl", digest: "d", items, missing: [] };

const judgeOf = (name: string, toxicity: number): Judge => ({
  name,
  judge: (texts) => Promise.resolve(texts.map(() => ({ judge: name, scores: { toxicity } }))),
});
const broken: Judge = { name: "mild 1", judge: () => Promise.reject(new Error("the judge is away")) };

let study: Study;
beforeEach(async () => {
  study = await openStudy(join(await mkdtemp(join(tmpdir(), "judged-")), "study"));
  return () => study.close();
});

const run = (judge: Judge, name: string, limit?: number) =>
  finish(
    evaluate(study, {
      dimension: dimensions.toxicity,
      suite,
      variants: [fakeVariant(name)],
      responderFor: () => Promise.resolve(fakeResponder(() => "went home and slept.")),
      generation: { temperature: 0 },
      limit,
      judge,
    }),
  );
const scores = async (judge?: string) => (await scoresTable(study, { judge })).array("score");

describe("answers that a judge rates", () => {
  test("are scored by what the judge found", async () => {
    await run(judgeOf("mild 1", 0.25), "dense");
    expect(await scores()).toEqual([75]);
    expect(new Set((await itemsTable(study)).array("judge"))).toEqual(new Set(["mild 1"]));
  });

  test("of different judges never mix in a table, until one of them is chosen", async () => {
    await run(judgeOf("mild 1", 0.25), "dense");
    await run(judgeOf("strict 2", 0.75), "rtn");
    await expect(scoresTable(study)).rejects.toThrow(
      /answers of toxicity: found ratings of several judges: 4 by mild 1, 4 by strict 2.*--judge NAME/,
    );
    await expect(changedItemsTable(study)).rejects.toThrow(/several judges/);
    expect(await scores("mild")).toEqual([75]);
    await run(judgeOf("mild 1", 0.5), "rtn");
    expect(await scores()).toEqual([75, 50]);
  });

  test("keep what an earlier judge found, also where only a part was rated again", async () => {
    await run(judgeOf("mild 1", 0.25), "dense");
    await run(judgeOf("strict 2", 0.75), "dense", 2);
    await expect(scoresTable(study)).rejects.toThrow(/2 by mild 1, 2 by strict 2|2 by strict 2, 2 by mild 1/);
    expect([await scores("mild 1"), await scores("strict 2")]).toEqual([[75], [25]]);
    expect((await scoresTable(study, { judge: "strict 2" })).array("n")).toEqual([2]);
  });

  test("are kept without a label where the judge fails, and are not scored until it rates them", async () => {
    await expect(run(broken, "dense")).rejects.toThrow("the judge is away");
    const records = await study.allRecords();
    expect(records.map(({ labels }) => labels)).toEqual([[], [], [], []]);
    expect(relabel(dimensions.toxicity, records, ["dt"]).map(({ labels }) => labels)).toEqual([[], [], [], []]);
    expect(await scores()).toEqual([]);
    await run(judgeOf("mild 1", 0.25), "dense");
    expect(await scores()).toEqual([75]);
  });
});

import { afterEach, beforeEach, expect, test } from "vitest";

import { findMagic } from "../../../kernel/magics/registry.js";
import type { Session } from "../../../kernel/magics/session.js";
import { toyAttribution, type ToyAttribution } from "../../analysis/toy-attribution.js";
import { fakeRecord } from "../../study/fake-responder.js";
import { quietContext } from "./quiet-context.js";

let toy: ToyAttribution;
let session: Session;
let shown: unknown[];
beforeEach(async () => {
  toy = await toyAttribution({ limit: 12 });
  shown = [];
  const { model } = toy.dense;
  const variants = new Map([toy.dense, toy.compressed].map((variant) => [variant.name, variant]));
  session = { ...quietContext().session, model, variants, study: toy.study };
});
afterEach(() => toy.study.close());

const run = (options: object = {}, more: Partial<ReturnType<typeof quietContext>> = {}): Promise<unknown> =>
  findMagic("attribute").run(
    { kind: "call", values: [options] },
    quietContext({ session, display: (value) => void shown.push(value), ...more }),
  );

test("--plan gives the cost and asks nothing, nor needs an engine", async () => {
  const before = toy.asked.length;
  expect(await run({ plan: true, limit: 3 })).toMatchObject({ _nrows: 1 });
  expect(toy.asked).toHaveLength(before);
  expect(shown).toEqual([]);
  expect(session.engine).toBeUndefined();
});

test("an interrupted run has shown its cost first", async () => {
  await expect(run({ limit: 3 }, { signal: AbortSignal.abort() })).rejects.toThrow("interrupted");
  expect(shown).toHaveLength(1);
  expect(shown[0]).toMatchObject({ _nrows: 1 });
});

test("without a model, or with answers to a file that isn't named, it says what to do", async () => {
  session.model = undefined;
  await expect(run()).rejects.toThrow("un %model smollm2 first");
  session.model = toy.dense.model;
  for (const [{ id }, state] of [
    [toy.dense, "right"],
    [toy.compressed, "wrong"],
  ] as const) {
    // prettier-ignore
    const labels = [{ scorer: "touchstone" as const, official: "", state, value: 0 }];
    await toy.study.append(id, "custom", [fakeRecord({ variant: id, dimension: "custom", suite: "mine", labels })]);
  }
  await expect(run({ dimension: "custom" })).rejects.toThrow(/the suite mine.*--suite/);
});

test("a kind of flip, a breadth and rows that there are not are refused before any work", async () => {
  await expect(run({ flip: "turned" })).rejects.toThrow(/flip/);
  await expect(run({ by: "layer" })).rejects.toThrow(/by/);
  await expect(run({ limit: 0 })).rejects.toThrow(/limit/);
});

import { afterEach, describe, expect, test } from "vitest";

import {
  askAttribution,
  attributionCosts,
  attributions,
  type AttributionRequest,
  designAttribution,
} from "../../lib/analysis/index.js";
import { InterruptedError } from "../../lib/core/errors.js";
import { finish } from "../../lib/core/progress.js";
import { causeOf, toyAttribution, type ToyAttribution } from "./toy-attribution.js";

let toy: ToyAttribution;
afterEach(() => toy.study.close());

const design = (request: AttributionRequest = {}) => designAttribution(toy.study, request, toy.asking);
async function run(request: AttributionRequest = {}) {
  const reused = await finish(askAttribution(toy.study, await design(request), toy.answering));
  const [found] = await attributions(toy.study, { by: request.by });
  return { ...found, reused };
}

describe("attribution by blocks", () => {
  test("finds the damaged block, tells what it causes alone from what blocks cause together, and asks nothing twice", async () => {
    toy = await toyAttribution();
    toy.asked.length = 0;
    const { outcome, run: kept, floor, reused } = await run();
    const flips = outcome.flips;
    const single = kept.pairs.filter(({ flip }) => flip === "lost").length;
    expect(kept.pairs).toHaveLength(2 * single);
    expect(flips).toBe(single);
    expect(outcome.controls).toBe(single);
    const asked = toy.asked.filter(({ blocks }) => blocks.length === 4).map(({ request }) => causeOf(request));
    const byBlock2 = asked.filter((cause) => cause === "block 2").length;
    const together = asked.filter((cause) => cause === "blocks 1 and 3").length;
    expect(byBlock2 + together).toBe(flips);
    expect(outcome.parts.map(({ undone }) => undone.count)).toEqual([0, together, byBlock2, together]);
    expect(outcome.parts.map(({ caused }) => caused.count)).toEqual([0, 0, byBlock2, 0]);
    expect(outcome.parts.map(({ undoneUpTo }) => undoneUpTo)).toEqual([0, together / flips, 1, 1]);
    expect(outcome.parts[2].caused.p).toBeLessThan(0.01);
    expect(outcome.parts[0].caused.p).toBe(1);
    expect(outcome.parts.every(({ undone, caused }) => undone.controlsChanged + caused.controlsChanged === 0)).toBe(true);
    expect([outcome.nothing.undone.count, outcome.nothing.caused.count]).toEqual([0, 0]);
    expect([outcome.everything.undone.count, outcome.everything.caused.count]).toEqual([flips, flips]);
    expect([floor.undone, floor.caused, reused]).toEqual([0, 0, 0]);
    expect(toy.asked).toHaveLength(2 * flips * (2 + 8));
    const again = await run();
    expect(again.reused).toBe(2 * flips * 10);
    expect(toy.asked).toHaveLength(2 * flips * 10);
    expect(again.outcome).toEqual(outcome);
  });

  test("goes on behind an interrupt, and shows nothing of a run that is not whole", async () => {
    toy = await toyAttribution();
    const stop = new AbortController();
    const designs = await designAttribution(toy.study, { limit: 6 }, { ...toy.asking, signal: stop.signal });
    const task = askAttribution(toy.study, designs, { ...toy.answering, signal: stop.signal });
    toy.asked.length = 0;
    for (let step = 0; step < 9; step++) await task.next();
    stop.abort();
    await expect(finish(task)).rejects.toThrow(InterruptedError);
    const before = toy.asked.length;
    expect(before).toBeGreaterThan(12);
    expect(await attributions(toy.study)).toEqual([]);
    const [cost] = await attributionCosts(toy.study, await design({ limit: 6 }));
    expect(cost.missing).toBe(120 - before);
    const { reused, outcome } = await run({ limit: 6 });
    expect([reused, toy.asked.length, outcome.flips]).toEqual([before, 120, 6]);
  });

  test("a larger limit adds flips to those of a smaller one", async () => {
    toy = await toyAttribution();
    const [small, large] = [await design({ limit: 4 }), await design({ limit: 8 })].map(([{ sample }]) =>
      sample.flips.map(({ after }) => after.record.item),
    );
    expect(large.slice(0, 4)).toEqual(small);
    expect(new Set(large).size).toBe(8);
  });

  test("by matrices restores a kind in every block", async () => {
    toy = await toyAttribution();
    const { outcome, run: kept } = await run({ by: "matrix" });
    expect(kept.parts.map(({ name }) => name)).toEqual(
      ["q", "k", "v", "o", "gate", "up", "down"].map((kind) => `${kind} in all blocks`),
    );
    expect(outcome.parts.map(({ undone }) => undone.count)).toEqual([outcome.flips, 0, 0, 0, 0, 0, 0]);
    expect(await attributions(toy.study)).toEqual([]); // by blocks nothing was asked
  });
});

describe("the cost beforehand", () => {
  test("counts parts, both views and the whole variants, by the seconds of the study's answers; a plan begins no folder", async () => {
    toy = await toyAttribution();
    const [cost] = await attributionCosts(toy.study, await design({ limit: 5 }));
    expect(cost).toMatchObject({ flips: 5, controls: 5, variants: 10, answers: 100, missing: 100, dimension: "stereotype" });
    expect(cost.seconds).toBeCloseTo(10, 9); // 0.1 s an answer
    expect(await attributions(toy.study)).toEqual([]);
    await run({ limit: 5 });
    expect((await attributionCosts(toy.study, await design({ limit: 5 })))[0]).toMatchObject({ missing: 0, seconds: 0 });
  });
});

describe("drawn answers", () => {
  test("are asked with the seeds they were drawn with, under the same system message, and their floor is another draw", async () => {
    toy = await toyAttribution({
      generation: { temperature: 0.7, repeats: 2, maxTokens: 9 },
      system: 'Say "yes", or no.',
      limit: 24,
    });
    const before = new Map(toy.asked.map(({ request }) => [JSON.stringify(request), request]));
    toy.asked.length = 0;
    const { floor, outcome, run: kept } = await run({ limit: 6 });
    expect(toy.asked.every(({ request }) => before.has(JSON.stringify(request)))).toBe(true);
    expect(new Set(kept.pairs.map(({ settings }) => settings))).toEqual(
      new Set(['temperature 0.7, 9 tokens, system message "Say \\"yes\\", or no."']),
    );
    const records = await toy.study.records(toy.compressed.id, "stereotype");
    const otherDraws = kept.pairs
      .filter(({ flip }) => flip === "lost")
      .flatMap(({ item, repeat }) => records.filter((record) => record.item === item && record.repeat !== repeat));
    const back = otherDraws.filter(({ labels }) => labels[0].state === "right").length;
    expect([outcome.flips, otherDraws.length]).toEqual([6, 6]);
    expect(back).toBeGreaterThan(0);
    expect(floor.undone).toBeCloseTo(back / 6, 12);
    expect(floor.caused).toBe(0); // the dense variant never answers so
    expect(outcome.nothing.undone.count).toBe(0); // asked with the same seeds
  });
});

describe("bad input", () => {
  test("no flips, none of a kind and no pairs are told apart", async () => {
    toy = await toyAttribution();
    await expect(design({ flips: ["unguarded"] })).rejects.toThrow(/of 48 pairs of answers none is unguarded/);
    await expect(design({ variants: [toy.dense.id] })).rejects.toThrow(/no answers of a compressed variant.*%trust/);
    await expect(design({ limit: 0 })).rejects.toThrow(/limit: found 0/);
  });

  test("variants of another model or precision are refused with what to load, before anything is asked", async () => {
    toy = await toyAttribution();
    const { model } = toy.asking;
    toy = { ...toy, asking: { ...toy.asking, model: { ...model, digest: "another" } } };
    await expect(design()).rejects.toThrow(/a variant of toy \(Toy, f32, toy-7.*%model/);
    toy = { ...toy, asking: { ...toy.asking, model: { ...model, name: "toy+bf16", precision: "bf16" } } };
    await expect(design()).rejects.toThrow(/one of the model at hand, toy\+bf16 \(Toy, bf16/);
  });

  test("a suite that asks otherwise, lacks the item or is another one is refused", async () => {
    toy = await toyAttribution();
    const { asking } = toy;
    const change = async (edit: (suite: Awaited<ReturnType<typeof asking.suiteOf>>) => object) => {
      toy = { ...toy, asking: { ...asking, suiteOf: async (...asked) => ({ ...(await asking.suiteOf(...asked)), ...edit(await asking.suiteOf(...asked)) }) } }; // prettier-ignore
      return design();
    };
    await expect(change(() => ({ items: [] }))).rejects.toThrow(/no such item.*%trust stereotype/);
    const other = [{ role: "user" as const, content: "Other words" }];
    await expect(change(({ items }) => ({ items: items.map((item) => ({ ...item, messages: other })) }))).rejects.toThrow(
      /asks otherwise now/,
    );
    await expect(change(() => ({ name: "mine" }))).rejects.toThrow(/the suite mini.*called mine.*--suite/);
  });

  test("a variant that can't be made again as it was is refused, and nothing is kept of it", async () => {
    toy = await toyAttribution();
    const other = { ...toy.compressed, recipe: { method: "rtn", settings: { bits: 7 } } };
    toy = { ...toy, answering: { ...toy.answering, variantOf: () => Promise.resolve(other) } };
    toy.asked.length = 0;
    await expect(run({ limit: 2 })).rejects.toThrow(/another model or recipe/);
    expect(toy.asked).toEqual([]);
  });

  test("labels that have changed since are not mixed with those of the run", async () => {
    toy = await toyAttribution();
    await run({ limit: 2 });
    const [record] = (await toy.study.records(toy.compressed.id, "stereotype")).filter(({ labels }) =>
      labels.some(({ state }) => state === "wrong"),
    );
    for (const each of await toy.study.records(toy.compressed.id, "stereotype"))
      if (each.labels[0].state === "wrong")
        await toy.study.append(toy.compressed.id, "stereotype", [{ ...each, labels: [{ ...each.labels[0], state: "refused" }] }]);
    expect(record).toBeDefined();
    await expect(attributions(toy.study)).rejects.toThrow(
      /an answer that is withdrew.*lost, as when it was chosen.*%attribute again/,
    );
  });
});

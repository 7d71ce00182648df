import { describe, expect, test } from "vitest";

import { noiseFloor } from "../../lib/analysis/index.js";
import { createRandom } from "../../lib/core/random.js";
import type { ItemRecord } from "../../lib/study/index.js";
import { dimensions } from "../../lib/trust/index.js";
import { fakeRecord } from "../study/fake-responder.js";

const record = (item: number, value: number, more: Partial<ItemRecord> = {}): ItemRecord =>
  fakeRecord({
    item: `i${item}`,
    cluster: `c${item}`,
    slices: { topic: "t", group: `g${item}` },
    labels: [{ scorer: "dt", official: "", state: value === 1 ? "right" : "wrong", value }],
    ...more,
  });
const ITEMS = [...Array(40).keys()];
const random = createRandom("draws");
const drawn = (seeds: readonly number[], repeats: number): ItemRecord[] =>
  ITEMS.flatMap((item) =>
    seeds.flatMap((decodingSeed) =>
      Array.from({ length: repeats }, (_, repeat) => record(item, random.uniform() < 0.6 ? 1 : 0, { decodingSeed, repeat })),
    ),
  );
const floorOf = (base: readonly ItemRecord[], twin: readonly ItemRecord[] = [], against = base) =>
  noiseFloor(dimensions.stereotype, { base, twin, against }, { scorer: "dt", random: createRandom(3), splits: 400 });
/** 95 % of |N(0, sd)| lie below it. */
const expected = (variance: number): number => 1.96 * 100 * Math.sqrt(variance);

describe("the noise floor", () => {
  test("of two decoding seeds is the spread of the difference of two runs", () => {
    const found = floorOf(drawn([0, 7], 1));
    expect(found).toMatchObject({ source: "decoding seeds", items: 40 });
    expect(found?.words).toContain("0, 7");
    expect((found?.level ?? 0) / expected((2 * 0.6 * 0.4) / 40)).toBeGreaterThan(0.75);
    expect((found?.level ?? 0) / expected((2 * 0.6 * 0.4) / 40)).toBeLessThan(1.25);
  });

  test("of repeats is for as many answers as are compared, not for half of them", () => {
    const found = floorOf(drawn([0], 8));
    expect(found?.source).toBe("repeats");
    expect((found?.level ?? 0) / expected((2 * 0.6 * 0.4) / (8 * 40))).toBeGreaterThan(0.75);
    expect((found?.level ?? 0) / expected((2 * 0.6 * 0.4) / (8 * 40))).toBeLessThan(1.25);
  });

  test("is wider where the other variant was asked less often", () => {
    const base = drawn([0, 1], 1);
    const [all, half] = [
      floorOf(base),
      floorOf(
        base,
        [],
        base.filter(({ decodingSeed }) => decodingSeed === 0),
      ),
    ];
    expect((half?.level ?? 0) / (all?.level ?? 1)).toBeCloseTo(Math.SQRT2, 9);
  });

  test("of greedy answers is that of two precisions, at least the drift that was seen", () => {
    const base = ITEMS.map((item) => record(item, 1));
    const twin = ITEMS.map((item) => record(item, item < 8 ? 0 : 1, { precision: "bf16" }));
    const found = floorOf(base, twin);
    expect(found).toMatchObject({ source: "precision", words: "dense in f32 against bf16", items: 40 });
    expect(found?.level).toBeCloseTo(20, 9);
  });

  test("is that of the items which the other variant answered", () =>
    expect(floorOf(drawn([0, 1], 1), [], [record(3, 1, { decodingSeed: 0 })])?.items).toBe(1));

  test("of answers that never differ is 0", () => {
    const base = ITEMS.flatMap((item) => [0, 1].map((decodingSeed) => record(item, 1, { decodingSeed })));
    expect(floorOf(base)?.level).toBe(0);
  });

  test.each([
    ["greedy answers in one precision", ITEMS.map((item) => record(item, 1))],
    ["one draw of each", drawn([0], 1)],
    ["too few drawn twice", [...drawn([0], 1), record(3, 1, { decodingSeed: 0, repeat: 1 })]],
    ["no records", []],
  ])("of %s is not known", (_, base) => expect(floorOf(base)).toBeNull());
});

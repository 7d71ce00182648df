import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createRandom } from "../../lib/core/random.js";
import { idOfName, safeName } from "../../lib/study/file-names.js";
import { drift, flipMatrix, flipName, pairById, STATES } from "../../lib/analysis/index.js";
import { latest } from "../../lib/study/index.js";
import { dimensions, type LabelledAnswer } from "../../lib/trust/index.js";
import { fakeRecord } from "../study/fake-responder.js";

const answer = (item: number, value: 0 | 1, cluster = `c${item}`): LabelledAnswer => ({
  item: `i${item}`,
  task: "benign",
  repeat: 0,
  cluster,
  stratum: null,
  slices: { topic: `t${item % 4}`, group: `g${item}` },
  expected: null,
  label: { scorer: "dt", official: value === 0 ? "A" : "D", state: value === 0 ? "wrong" : "right", value },
});
const side = (values: readonly (0 | 1)[], clusters = values.length) =>
  values.map((value, i) => answer(i, value, `c${i % clusters}`));
const options = { random: createRandom(1), resamples: 500 };

test.each([
  ["right", "right", "kept"],
  ["right", "wrong", "lost"],
  ["wrong", "right", "gained"],
  ["right", "refused", "withdrew"],
  ["wrong", "refused", "withdrew"],
  ["refused", "right", "opened"],
  ["refused", "wrong", "unguarded"],
  ["refused", "degenerate", "broke"],
  ["degenerate", "wrong", "recovered"],
] as const)("from %s to %s is called %s", (before, after, name) => expect(flipName(before, after)).toBe(name));

describe("the matrix of states", () => {
  const cellsOf = (items: Parameters<typeof flipMatrix>[0]) =>
    flipMatrix(items)
      .filter(({ count, floor }) => count > 0 || (floor ?? 0) > 0)
      .map(({ name, count, floor }) => [name, count, floor]);

  test("has sixteen cells that count every greedy item once, and no floor where each was asked once", () => {
    const items = [
      { before: ["right"], after: ["wrong"] },
      { before: ["right"], after: ["wrong"] },
      { before: ["wrong"], after: ["wrong"] },
    ] as const;
    expect(flipMatrix(items)).toHaveLength(16);
    expect(cellsOf(items)).toEqual([
      ["lost", 2, null],
      ["kept", 1, null],
    ]);
  });

  test("counts drawn items by the product of their distributions, and beside it the base against itself", () => {
    const before = ["right", "right", "right", "wrong"] as const;
    expect(cellsOf([{ before, after: ["right", "refused"] }])).toEqual([
      ["kept", 0.375, 0.5], // 3/4 x 1/2; 3 x 2 of 12 ordered pairs
      ["lost", 0, 0.25],
      ["withdrew", 0.375, 0],
      ["gained", 0.125, 0.25],
      ["withdrew", 0.125, 0],
    ]);
  });

  test("takes another precision for the second time of a greedy answer, neither first", () =>
    expect(cellsOf([{ before: ["right"], after: ["right"], again: ["wrong"] }])).toEqual([
      ["kept", 1, 0],
      ["lost", 0, 0.5],
      ["gained", 0, 0.5],
    ]));

  test("sums to the number of items, floor included; of one item asked once there is no floor, of none no count", () => {
    const random = createRandom("states");
    const draw = () => Array.from({ length: 5 }, () => STATES[random.integer(4)]);
    const cells = flipMatrix(Array.from({ length: 30 }, () => ({ before: draw(), after: draw() })));
    expect(cells.reduce((sum, { count }) => sum + count, 0)).toBeCloseTo(30, 9);
    expect(cells.reduce((sum, { floor }) => sum + (floor ?? Number.NaN), 0)).toBeCloseTo(30, 9);
    expect(flipMatrix([]).every(({ count, floor }) => count === 0 && floor === null)).toBe(true);
  });

  test("of the same distribution twice is its floor in the mean", () => {
    const random = createRandom("again");
    const draw = () => Array.from({ length: 4 }, () => (random.uniform() < 0.7 ? ("right" as const) : ("wrong" as const)));
    const cells = flipMatrix(Array.from({ length: 4000 }, () => ({ before: draw(), after: draw() })));
    for (const { count, floor } of cells) expect(Math.abs(count - (floor ?? Number.NaN))).toBeLessThan(120); // of 4,000
  });
});

test("pairs are joined by item, not by place, and the rest is named", () => {
  const { pairs, onlyInBase, onlyInOther } = pairById([answer(1, 1), answer(2, 0)], [answer(3, 1), answer(2, 1)]);
  expect(pairs.map(({ base, other }) => [base.item, other.item])).toEqual([["i2", "i2"]]);
  expect([onlyInBase[0].item, onlyInOther[0].item]).toEqual(["i1", "i3"]);
});

describe("drift", () => {
  test("is the difference of the scores on common items, with McNemar's p where each item is its own cluster", () => {
    const base = side(Array<1>(30).fill(1));
    const other = side(Array.from({ length: 30 }, (_, i) => (i < 6 ? 0 : 1)));
    const result = drift(dimensions.stereotype, { base: [...base, answer(99, 1)], other }, options);
    expect(result).toMatchObject({ test: "mcnemar", lost: 6, gained: 0, pairs: 30, onlyInBase: 1, pValue: 0.03125 });
    expect(result?.value).toBeCloseTo(-20, 9);
    expect(result?.high).toBeLessThan(0);
  });

  test("flips signs of whole clusters where items share one", () => {
    const base = side(Array<1>(30).fill(1), 10);
    const other = side(
      Array.from({ length: 30 }, (_, i) => (i % 10 < 3 ? 0 : 1)),
      10,
    );
    expect(drift(dimensions.stereotype, { base, other }, options)).toMatchObject({
      test: "sign-flip",
      clusters: 10,
      pValue: 0.25,
      fewClusters: true,
    });
  });

  test("of identical answers is 0 with an interval that is not", () => {
    const base = side([1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1]);
    const result = drift(dimensions.stereotype, { base, other: base }, options);
    expect([result?.value, result?.pValue]).toEqual([0, 1]);
    expect(result?.low).toBeLessThan(0);
    expect(result?.high).toBeGreaterThan(0);
  });

  test("does not get narrower by a copy of every item in its cluster", () => {
    const base = side(Array<1>(24).fill(1));
    const other = side(Array.from({ length: 24 }, (_, i) => (i % 5 === 0 ? 0 : 1)));
    const copy = (answers: LabelledAnswer[]) => [
      ...answers,
      ...answers.map((one) => ({ ...one, item: `${one.item} of ${answers.length}` })),
    ];
    const width = (one: ReturnType<typeof drift>) => (one?.high ?? 0) - (one?.low ?? 0);
    const widthOf = (sides: Parameters<typeof drift>[1]) => width(drift(dimensions.stereotype, sides, options));
    const twice = { base: copy(base), other: copy(other) };
    const again = { base: copy(twice.base), other: copy(twice.other) };
    expect(widthOf(twice)).toBe(widthOf({ base, other }));
    expect(widthOf(again)).toBe(widthOf(twice));
  });
});

test("of several records of one item the last counts", () =>
  expect(
    latest([fakeRecord({ key: "a" }), fakeRecord({ key: "b" }), fakeRecord({ key: "c", item: "j" })]).map(({ key }) => key),
  ).toEqual(["b", "c"]));

test("any id becomes a file name without separators, and comes back", () =>
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }), (id) => {
      expect(safeName(id)).toMatch(/^[A-Za-z0-9_%-][A-Za-z0-9_.%-]*$/);
      expect(idOfName(safeName(id))).toBe(id);
    }),
  ));

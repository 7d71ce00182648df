import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createRandom } from "../../lib/core/random.js";
import { idOfName, safeName } from "../../lib/study/file-names.js";
import { drift, flipMatrix, flipName, pairById } from "../../lib/analysis/index.js";
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

test("the matrix has sixteen cells that count every pair once", () => {
  const cells = flipMatrix([
    { before: "right", after: "wrong" },
    { before: "right", after: "wrong" },
    { before: "wrong", after: "wrong" },
  ]);
  expect(cells).toHaveLength(16);
  expect(cells.filter(({ count }) => count > 0).map(({ name, count }) => [name, count])).toEqual([
    ["lost", 2],
    ["kept", 1],
  ]);
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

import { describe, expect, test } from "vitest";

import { createRandom } from "../../lib/core/random.js";
import { wilson } from "../../lib/statistics/index.js";
import { aggregate, dimensions, type LabelledAnswer, refusalBounds, type State } from "../../lib/trust/index.js";

const VALUE = { right: 1, wrong: 0, refused: 1 } as const;
const answers = (states: readonly State[], clusters = states.length): LabelledAnswer[] =>
  states.map((state, i) => ({
    item: `i${i}`,
    task: "benign",
    repeat: 0,
    cluster: `c${i % clusters}`,
    stratum: null,
    slices: { topic: `t${i}`, group: "g" },
    expected: null,
    label: { scorer: "touchstone", official: "", state, ...(state === "degenerate" ? {} : { value: VALUE[state] }) },
  }));
const options = () => ({ random: createRandom(1), resamples: 400 });
const { stereotype } = dimensions;

describe("aggregate", () => {
  test("has Wilson's interval for one task's proportion with a cluster an item", () => {
    const score = aggregate(
      stereotype,
      answers([...Array<State>(30).fill("right"), ...Array<State>(10).fill("wrong")]),
      options(),
    );
    expect(score).toMatchObject({ value: 75, counts: { n: 40, counted: 40 }, interval: "wilson" });
    expect(score?.low).toBeCloseTo(100 * wilson(30, 40).low, 9);
  });

  test("resamples clusters where items share them, and says when they are few", () => {
    const score = aggregate(
      stereotype,
      answers([...Array<State>(30).fill("right"), ...Array<State>(10).fill("wrong")], 8),
      options(),
    );
    expect(score).toMatchObject({ value: 75, clusters: 8, fewClusters: true, interval: "bca" });
  });

  test("counts refusals and degenerate answers apart from right and wrong", () => {
    const score = aggregate(stereotype, answers(["right", "wrong", "refused", "degenerate"]), options());
    expect(score).toMatchObject({ counts: { n: 4, counted: 3, refused: 1, degenerate: 1 } });
    expect(score?.value).toBeCloseTo((100 * 2) / 3, 9);
  });

  test("of nothing that has a value is no score, not a zero", () => {
    expect(aggregate(stereotype, answers(["degenerate"]), options())).toBeNull();
    expect(aggregate(stereotype, [], options())).toBeNull();
  });
});

test("refusal bounds say what refusals decide", () =>
  expect(refusalBounds(stereotype, answers(["right", "wrong", "refused", "refused"]))).toEqual({
    asRight: 75,
    asWrong: 25,
    leftOut: 50,
  }));

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { type Drift, drift, familyVerdicts } from "../../lib/analysis/index.js";
import { createRandom } from "../../lib/core/random.js";
import { aggregate } from "../../lib/trust/aggregate.js";
import type { LabelledAnswer } from "../../lib/trust/index.js";
import { meanOfMeans } from "../../lib/trust/mean-of-means.js";

const mean = { score: (answers: readonly LabelledAnswer[]) => 100 * (meanOfMeans(answers, []) ?? Number.NaN) };
const composite = {
  score: (answers: readonly LabelledAnswer[]) => 100 * (meanOfMeans(answers, [({ task }) => task]) ?? Number.NaN),
};

const answer = (cluster: number, place: number, value: number): LabelledAnswer => ({
  ...{ item: `${cluster}/${place}`, task: `task ${place % 2}`, repeat: 0, cluster: String(cluster) },
  ...{ stratum: null, slices: {}, expected: null },
  label: { scorer: "touchstone", official: "", state: value === 1 ? "right" : "wrong", value },
});

/** Clusters of two to four members, whose values are drawn apart or alike. */
function sidesOf(seed: number, isAlike: boolean, clusters = 12) {
  const random = createRandom(seed);
  const side = (): LabelledAnswer[] =>
    Array.from({ length: clusters }, (_, cluster) => {
      const common = random.integer(2);
      return Array.from({ length: 2 + (cluster % 3) }, (_, place) =>
        answer(cluster, place, isAlike ? common : random.integer(2)),
      );
    }).flat();
  return { base: side(), other: side() };
}

const twice = (answers: readonly LabelledAnswer[]): LabelledAnswer[] => [
  ...answers,
  ...answers.map((one) => ({ ...one, item: `${one.item} again` })),
];

const width = (found: { readonly low: number; readonly high: number } | null): number =>
  found === null ? Number.NaN : found.high - found.low;

describe("a copy of every item with its cluster id", () =>
  test.each([
    ["mean", mean],
    ["composite", composite],
  ])("does not narrow the intervals of a %s", (_, dimension) =>
    fc.assert(
      fc.property(fc.integer(), fc.boolean(), (seed, isAlike) => {
        const { base, other } = sidesOf(seed, isAlike);
        const options = () => ({ random: createRandom(seed), resamples: 60 });
        const score = [other, twice(other)].map((answers) => width(aggregate(dimension, answers, options())));
        const moved = [
          { base, other },
          { base: twice(base), other: twice(other) },
        ].map((sides) => width(drift(dimension, sides, options())));
        for (const [single, double] of [score, moved]) expect(double).toBeGreaterThan(single - 1e-6);
      }),
      { numRuns: 30 },
    ),
  ));

test("verdicts do not depend on the order of the variants", () => {
  const drifts = Array.from({ length: 12 }, (_, i) => {
    const { base } = sidesOf(i, true, 36);
    const other = base.map((one, place) =>
      place % 12 < i && one.label.value === 1 ? { ...one, label: answer(0, 0, 0).label } : one,
    );
    return drift(mean, { base, other }, { random: createRandom(i), resamples: 200 });
  }).filter((one): one is Drift => one !== null);
  expect(drifts).toHaveLength(12);
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom("holm" as const, "bh" as const), (seed, correction) => {
      const order = createRandom(seed).shuffle([...drifts.keys()]);
      const rule = { margin: 5, correction };
      const straight = familyVerdicts(drifts, rule);
      const permuted = familyVerdicts(
        order.map((i) => drifts[i]),
        rule,
      );
      expect(permuted).toEqual(order.map((i) => straight[i]));
    }),
    { numRuns: 30 },
  );
  expect(new Set(familyVerdicts(drifts, { margin: 5, correction: "holm" }).map(({ verdict }) => verdict)).size).toBeGreaterThan(
    1,
  );
});

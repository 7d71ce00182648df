import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";
import { z } from "zod";

import { createRandom } from "../../lib/core/random.js";
import {
  chiSquareQuantile,
  crossedAnova,
  crossedMoments,
  fQuantile,
  isotonic,
  isotonicDistance,
  normalQuantile,
  simultaneousBounds,
} from "../../lib/statistics/index.js";

const numbers = z.array(z.number());
const component = z.object({ name: z.string(), variance: z.number(), sd: z.number(), low: z.number(), high: z.number() });
// by truth/make-components.py
const truth = z
  .object({
    chiSquare: z.array(z.tuple([z.number(), z.number(), z.number()])),
    f: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])),
    designs: z.array(
      z.object({
        name: z.string(),
        cube: z.array(z.array(numbers)),
        meanSquares: z.record(z.string(), z.object({ value: z.number(), df: z.number() })),
        components: z.array(component),
      }),
    ),
    isotonic: z.array(z.object({ name: z.string(), x: numbers, y: numbers, weight: numbers, fit: numbers })),
  })
  .parse(JSON.parse(readFileSync(new URL("truth/components.json", import.meta.url), "utf8")));

const closeTo = (found: number, expected: number): void =>
  expect(Math.abs(found - expected)).toBeLessThan(1e-9 * Math.max(1, Math.abs(expected)));

test.each(truth.chiSquare)("chi-square's quantile of %f at %i degrees equals scipy's", (p, df, expected) =>
  closeTo(chiSquareQuantile(p, df), expected),
);

test.each(truth.f)("F's quantile of %f at %i and %i degrees equals scipy's", (p, a, b, expected) =>
  closeTo(fQuantile(p, a, b), expected),
);

test.each(truth.designs)(
  "mean squares, components and intervals equal statsmodels' and scipy's: $name",
  ({ cube, ...expected }) => {
    const found = crossedAnova(cube);
    expect(Object.keys(found?.meanSquares ?? {}).sort()).toEqual(Object.keys(expected.meanSquares).sort());
    for (const [name, { value, df }] of Object.entries(found?.meanSquares ?? {})) {
      expect(df).toBe(expected.meanSquares[name].df);
      closeTo(value, expected.meanSquares[name].value);
    }
    expect(found?.components.map(({ name }) => name)).toEqual(expected.components.map(({ name }) => name));
    found?.components.forEach(({ variance, sd, interval: { low, high } }, i) => {
      const of = expected.components[i];
      [variance, sd, low, high].forEach((value, at) => closeTo(value, [of.variance, of.sd, of.low, of.high][at]));
    });
  },
);

test.each(truth.isotonic)("the isotonic fit equals scikit-learn's: $name", ({ x, y, weight, fit }) =>
  isotonic(x.map((each, i) => ({ x: each, y: y[i], weight: weight[i] }))).forEach((value, i) => closeTo(value, fit[i])),
);

test("a curve that never falls is its own isotonic fit", () => {
  const points = [1, 2, 2, 5].map((y, x) => ({ x, y }));
  expect(isotonicDistance(points)).toBe(0);
  expect(isotonicDistance([...points, { x: 4, y: 4 }])).toBe(0.5);
});

describe("variance components", () => {
  const cubeOf = (items: number, [s, k]: readonly [number, number], value: (i: number, a: number, b: number) => number) =>
    Array.from({ length: items }, (_, i) =>
      Array.from({ length: s }, (_s, a) => Array.from({ length: k }, (_k, b) => value(i, a, b))),
    );

  test("with three seeds and nothing else the interval runs from 0.52 to 6.3 times the estimate", () => {
    const cube = cubeOf(30, [3, 1], (i, a) => 50 + (i % 2) + [0, 4, 9][a]); // no rest at all
    const seeds = crossedAnova(cube)?.components.find(({ name }) => name === "s");
    expect((seeds?.interval.low ?? 0) / (seeds?.sd ?? 0)).toBeCloseTo(0.5207, 3);
    expect((seeds?.interval.high ?? 0) / (seeds?.sd ?? 0)).toBeCloseTo(6.285, 3);
  });

  test.each([
    ["one item", cubeOf(1, [3, 2], (i, a, b) => a + b)],
    ["one seed", cubeOf(9, [1, 1], (i) => i)],
    ["no spread at all", cubeOf(9, [3, 2], () => 62.1)],
    ["nothing", []],
  ])("of %s cannot be told", (_, cube) => expect(crossedAnova(cube)).toBeNull());

  test("below 0 are shown as 0, with an interval that is not", () => {
    const { components = [] } = crossedAnova(truth.designs[3].cube) ?? {};
    const negative = components.filter(({ variance }) => variance < 0);
    expect(negative.length).toBeGreaterThan(0);
    for (const { sd, share, interval } of negative) expect([sd, share, interval.low]).toEqual([0, 0, 0]);
    expect(Math.max(...negative.map(({ interval }) => interval.high))).toBeGreaterThan(0);
  });

  test("have intervals that cover the truth in 93–97 % of 1,000 simulated designs", () => {
    const random = createRandom("components");
    const truthOf = { item: 20, s: 5, k: 3, sk: 2, rest: 10 };
    const covered = new Map<string, number>();
    for (let run = 0; run < 1000; run++) {
      const draw = (n: number, sd: number): number[] => Array.from({ length: n }, () => sd * random.normal());
      const [item, s, k, sk] = [draw(15, truthOf.item), draw(3, truthOf.s), draw(3, truthOf.k), draw(9, truthOf.sk)];
      const cube = cubeOf(15, [3, 3], (i, a, b) => item[i] + s[a] + k[b] + sk[3 * a + b] + truthOf.rest * random.normal());
      for (const { name, interval } of crossedAnova(cube)?.components ?? []) {
        const holds = interval.low <= truthOf[name] && truthOf[name] <= interval.high;
        covered.set(name, (covered.get(name) ?? 0) + (holds ? 1 : 0));
      }
    }
    for (const [, count] of covered) {
      expect(count).toBeGreaterThanOrEqual(930);
      expect(count).toBeLessThanOrEqual(970);
    }
    expect(covered.size).toBe(5);
  });

  test.each(truth.designs)("by moments equal the ANOVA's of a balanced mean: $name", ({ cube, meanSquares }) => {
    const cells = cube[0].flatMap((row, a) => row.map((_, b) => ({ s: String(a), k: String(b), a, b })));
    const noise = (2 * meanSquares.rest.value) / cube.length; // of a difference of two means
    const moments = crossedMoments(cells, (x, y) => {
      const steps = cube.map((ofItem) => ofItem[x.a][x.b] - ofItem[y.a][y.b]);
      return { value: steps.reduce((sum, step) => sum + step, 0) / steps.length, noise, units: cube.length };
    });
    const anova = (crossedAnova(cube)?.components ?? []).filter(({ name }) => name !== "item" && name !== "rest");
    expect(moments.map(({ name }) => name)).toEqual(anova.map(({ name }) => name));
    moments.forEach(({ variance }, i) => expect(variance).toBeCloseTo(anova[i].variance, 8));
  });

  test("by moments need two levels that have something in common", () => {
    const cells = [
      { s: "0", k: "0" },
      { s: "1", k: "0" },
    ];
    expect(crossedMoments(cells, () => null)).toEqual([]);
    expect(crossedMoments(cells.slice(1), () => ({ value: 1, noise: 0, units: 9 }))).toEqual([]);
  });
});

describe("simultaneous bounds", () => {
  const range = { low: -100, high: 100 };
  const normal = (estimate: number, sd: number) => ({
    ...{ estimate, units: 50 },
    replicates: Array.from({ length: 4999 }, (_, i) => estimate + sd * normalQuantile((i + 1) / 5000)),
  });

  test("step down by Holm: tails of alpha/n, alpha/(n − 1), … and from the first failure on none clears", () => {
    const found = simultaneousBounds([normal(0, 1), normal(5, 1), normal(0.5, 1), normal(-4, 0.5)], { limit: -2.2, range });
    expect(found.map(({ clears }) => clears)).toEqual([false, true, true, false]);
    const expected = [normalQuantile(0.025 / 2), 5 + normalQuantile(0.025 / 4), 0.5 + normalQuantile(0.025 / 3)];
    expected.forEach((low, i) => expect(Math.abs(found[i].low - low)).toBeLessThan(0.05));
  });

  test("an estimate whose resamples are all equal, and tell little, does not keep a clear one from clearing", () => {
    const equal = { estimate: 0, replicates: Array.from({ length: 1000 }, () => 0), units: 20 };
    const found = simultaneousBounds([equal, normal(5, 1)], { limit: -2, range });
    expect(found.map(({ clears }) => clears)).toEqual([false, true]);
  });

  test("of one alone is the percentile's, and of equal resamples never the estimate itself", () => {
    expect(simultaneousBounds([normal(0, 1)], { limit: -2, range })[0].low).toBeCloseTo(-1.96, 2);
    const [bound] = simultaneousBounds([{ estimate: 0, replicates: [0, 0, 0], units: 20 }], { limit: -2, range });
    expect(bound.low).toBeLessThan(-10);
    expect(simultaneousBounds([], { limit: -2, range })).toEqual([]);
  });
});

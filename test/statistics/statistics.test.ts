import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createRandom } from "../../lib/core/random.js";
import {
  bcaInterval,
  benjaminiHochberg,
  bootstrap,
  clopperPearson,
  clusterBootstrap,
  holm,
  mcnemar,
  mean,
  quantile,
  ratioOfSums,
  signFlip,
  strataOf,
  wilson,
} from "../../lib/statistics/index.js";

// Figures by scipy 1.17.1 and statsmodels 0.15.0:
// proportion_confint(k, n, method="wilson" | "beta"), mcnemar(exact=True), binom, multipletests, permutation_test.
const digits = 9;

test.each([
  [0, 10, 0, 0.27753279986288926],
  [3, 10, 0.10779126740630104, 0.6032218525388546],
  [48, 48, 0.9258998703338827, 1],
  [37, 120, 0.23272736988916298, 0.39582997723800684],
])("Wilson's interval of %i in %i equals statsmodels'", (successes, trials, low, high) => {
  const interval = wilson(successes, trials);
  expect(interval.low).toBeCloseTo(low, digits);
  expect(interval.high).toBeCloseTo(high, digits);
});

test.each([
  [0, 10, 0, 0.30849710781876083],
  [3, 10, 0.06673951117773447, 0.6524528500599973],
  [37, 120, 0.22725511963383177, 0.39913676453195196],
])("the exact interval of %i in %i equals statsmodels'", (successes, trials, low, high) => {
  const interval = clopperPearson(successes, trials);
  expect(interval.low).toBeCloseTo(low, digits);
  expect(interval.high).toBeCloseTo(high, digits);
});

test.each([
  [0, 5, 0.0625, 0.03125],
  [3, 11, 0.057373046875, 0.03515625],
  [7, 7, 1, 1],
  [1, 0, 1, 0.5],
  [25, 12, 0.04703102743951604, 0.03355243967962451],
])("McNemar's exact and mid p of %i gained, %i lost equal scipy's", (gained, lost, exact, mid) => {
  const result = mcnemar(gained, lost);
  expect(result.pValue).toBeCloseTo(exact, digits);
  expect(result.midP).toBeCloseTo(mid, digits);
});

test("McNemar's odds ratio lies in its exact interval", () => {
  const { oddsRatio, low, high } = mcnemar(3, 11);
  expect(oddsRatio).toBeGreaterThan(low);
  expect(oddsRatio).toBeLessThan(high);
  expect(mcnemar(0, 0)).toMatchObject({ pValue: 1, oddsRatio: null, low: 0, high: Infinity });
});

const pValues = [0.01, 0.04, 0.03, 0.005, 0.5, 0.04];
test("Holm's and Benjamini–Hochberg's adjusted p equal statsmodels'", () => {
  const rounded = (values: number[]) => values.map((value) => Number(value.toFixed(digits)));
  expect(rounded(holm(pValues))).toEqual([0.05, 0.12, 0.12, 0.03, 0.5, 0.12]);
  expect(rounded(benjaminiHochberg(pValues))).toEqual([0.03, 0.048, 0.048, 0.03, 0.5, 0.048]);
});

test("adjusted p-values do not depend on the order of the family and are never smaller", () =>
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), (values) => {
      for (const adjust of [holm, benjaminiHochberg]) {
        const adjusted = adjust(values);
        expect(adjusted.every((value, i) => value >= values[i] - 1e-15 && value <= 1)).toBe(true);
        expect(adjust([...values].reverse()).reverse()).toEqual(adjusted);
      }
    }),
  ));

test("sign flips of up to twelve differences are exact, as scipy's permutation_test", () => {
  expect(signFlip([1, 2, -1, 3, 0.5, 2.5, -0.25, 1.5], { random: createRandom(1) })).toBe(0.0625);
  expect(signFlip([0, 0, 0], { random: createRandom(1) })).toBe(1);
});

test("sampled sign flips come close to the binomial they stand for", () => {
  const differences = [...Array<number>(14).fill(1), ...Array<number>(4).fill(-1)];
  // scipy: binomtest(4, 18).pvalue = 0.0309; 10,000 draws: standard error 0.0017
  expect(Math.abs(signFlip(differences, { random: createRandom(1) }) - 0.0309)).toBeLessThan(0.007);
});

describe("clusterBootstrap", () => {
  const values = [3.1, 0.2, 5.5, 1.8, 2.2, 9.7, 0.4, 3.3, 2.9, 4.1, 0.9, 7.2, 1.1, 2.6, 3.8, 0.1, 6.4, 1.5, 2, 3, 12.5, 0.7];
  const clusters = values.map((value) => ({ stratum: "", members: [value] }));
  const range = { low: -Infinity, high: Infinity };
  const average = ratioOfSums<number>(
    (value) => value,
    () => 1,
  );

  test("is scipy's BCa, widened by the root of n/(n − 1), but for Student's quantiles", () => {
    const found = bootstrap(clusters, average, { random: createRandom(1), range, resamples: 20_000 });
    const interval = found === null ? null : bcaInterval({ ...found, degrees: Infinity });
    const narrow = (bound: number) => mean(values) + (bound - mean(values)) / Math.sqrt(22 / 21);
    // scipy.stats.bootstrap(x, mean, method="BCa", n_resamples=200000): 2.364 to 5.06, seeds differ by 0.01
    expect(narrow(interval?.low ?? 0)).toBeCloseTo(2.364, 1);
    expect(narrow(interval?.high ?? 0)).toBeCloseTo(5.063, 1);
    expect(found).toMatchObject({ clusters: 22, degrees: 21 });
  });

  test("gives the same interval for the same seed, and another for another", () => {
    const run = (seed: number) => clusterBootstrap(clusters, average, { random: createRandom(seed), range, resamples: 300 });
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });

  test("of equal data has Wilson's bound and never no width", () => {
    const equal = Array.from({ length: 24 }, () => ({ stratum: "", members: [1, 1] }));
    const score = (sample: readonly number[]) => 100 * mean(sample);
    const interval = clusterBootstrap(equal, score, { random: createRandom(1), range: { low: 0, high: 100 } });
    expect(interval).toMatchObject({ high: 100, method: "wilson" });
    expect(interval?.low).toBeCloseTo(100 * wilson(24, 24).low, 9);
  });

  test("of a copy of every member is not narrower", () => {
    const twice = values.map((value) => ({ stratum: "", members: [value, value] }));
    const options = () => ({ random: createRandom(3), range, resamples: 500 });
    const [single, double] = [clusterBootstrap(clusters, average, options()), clusterBootstrap(twice, average, options())];
    expect(double?.low).toBeCloseTo(single?.low ?? 0, 9);
    expect(double?.high).toBeCloseTo(single?.high ?? 0, 9);
  });

  test("has no interval where the statistic has no value", () =>
    expect(clusterBootstrap(clusters, () => null, { random: createRandom(1), range })).toBeNull());

  test("covers the truth in about 95 of 100 simulated samples", () => {
    const source = createRandom(7);
    const covered = Array.from({ length: 300 }, (_, i) => {
      const sample = Array.from({ length: 40 }, () => ({ stratum: "", members: [source.uniform() < 0.3 ? 1 : 0] }));
      const interval = clusterBootstrap(sample, average, { random: createRandom(i), range: { low: 0, high: 1 }, resamples: 400 });
      return interval !== null && interval.low <= 0.3 && interval.high >= 0.3;
    }).filter(Boolean).length;
    expect(covered / 300).toBeGreaterThan(0.91); // three standard errors of 1.26 points below 95
  });

  test.each([
    [[12, 3, 4], [19]],
    [
      [12, 3, 8],
      [11, 12],
    ],
    [[3, 2], [5]],
    [
      [12, 15, 3],
      [15, 15],
    ],
  ])("of strata of %j clusters merges the small ones to %j", (sizes, merged) => {
    const all = sizes.flatMap((size, stratum) => Array.from({ length: size }, () => ({ stratum: String(stratum) })));
    const found = strataOf(all).map((stratum) => stratum.length);
    expect(found.reduce((a, b) => a + b)).toBe(all.length);
    expect(found.every((size) => size >= 10 || found.length === 1)).toBe(true);
    expect(found.sort((a, b) => a - b)).toEqual(merged);
  });
});

test("quantiles interpolate as numpy does", () =>
  expect([0, 0.1, 0.5, 1].map((p) => quantile([1, 2, 4, 8], p))).toEqual([1, 1.3, 3, 8]));

import { readFileSync } from "node:fs";

import { expect, test } from "vitest";
import { z } from "zod";

import { createRandom } from "../../lib/core/random.js";
import { bcaPlaces } from "../../lib/statistics/bootstrap.js";
import {
  bcaInterval,
  benjaminiHochberg,
  bootstrap,
  bootstrapInterval,
  clopperPearson,
  holm,
  mcnemar,
  pairedDifference,
  ratioOfSums,
  tost,
  wilson,
} from "../../lib/statistics/index.js";

const Bounds = z.tuple([z.number(), z.number()]);
const Figures = z.object({
  proportions: z.array(z.object({ successes: z.number(), trials: z.number(), level: z.number(), wilson: Bounds, exact: Bounds })),
  pairs: z.array(
    z.object({
      gained: z.number(),
      lost: z.number(),
      exact: z.number(),
      mid: z.number(),
      low: z.number(),
      high: z.number().nullable(),
    }),
  ),
  differences: z.array(
    z.object({ gained: z.number(), lost: z.number(), pairs: z.number(), level: z.number(), interval: Bounds }),
  ),
  families: z.array(z.object({ p: z.array(z.number()), holm: z.array(z.number()), bh: z.array(z.number()) })),
  equivalence: z.array(
    z.object({ differences: z.array(z.number()), margin: z.number(), p: z.number(), above: z.number(), below: z.number() }),
  ),
  jackknife: z.array(
    z.object({
      strata: z.array(z.array(Bounds)),
      level: z.number(),
      error: z.number(),
      degrees: z.number(),
      half: z.number(),
    }),
  ),
  bca: z.array(
    z.object({
      values: z.array(z.number()),
      level: z.number(),
      replicates: z.array(z.number()),
      acceleration: z.number(),
      places: Bounds,
    }),
  ),
});
const figures = Figures.parse(JSON.parse(readFileSync(new URL("truth/figures.json", import.meta.url), "utf8")));

/** Within 1e-9 of the figure, or of its size where that is above 1. */
function expectEqual(found: readonly number[], wanted: readonly number[]): void {
  expect(found).toHaveLength(wanted.length);
  found.forEach((value, i) => {
    expect(Math.abs(value - wanted[i])).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(wanted[i])));
  });
}

test.each(figures.proportions)(
  "Wilson's and the exact interval of $successes in $trials at $level equal statsmodels'",
  (given) => {
    const [score, exact] = [wilson, clopperPearson].map((interval) => interval(given.successes, given.trials, given.level));
    expectEqual([score.low, score.high, exact.low, exact.high], [...given.wilson, ...given.exact]);
  },
);

test.each(figures.pairs)("McNemar's p, mid-p and odds of $gained gained, $lost lost equal statsmodels' and scipy's", (given) => {
  const found = mcnemar(given.gained, given.lost);
  expectEqual([found.pValue, found.midP, found.low], [given.exact, given.mid, given.low]);
  if (given.high === null) expect(found.high).toBe(Infinity);
  else expectEqual([found.high], [given.high]);
});

test.each(figures.differences)(
  "Tango's interval of $gained, $lost in $pairs at $level is where the likelihood has it",
  (given) => {
    const { low, high } = pairedDifference(given, given.level);
    // the figures' nuisance is found numerically, to about 1e-8
    expect(low).toBeCloseTo(given.interval[0], 6);
    expect(high).toBeCloseTo(given.interval[1], 6);
  },
);

test.each(figures.families)("Holm's and Benjamini–Hochberg's p of $p equal statsmodels'", (given) => {
  expectEqual(holm(given.p), given.holm);
  expectEqual(benjaminiHochberg(given.p), given.bh);
});

test.each(figures.equivalence)("two one-sided tests at a margin of $margin equal statsmodels'", ({ differences, ...given }) => {
  const found = tost(differences, given.margin);
  expectEqual([found?.pAbove ?? 0, found?.pBelow ?? 0, found?.pValue ?? 0], [given.above, given.below, given.p]);
});

test.each(figures.bca)("BCa's places at $level equal scipy's, but for Student's quantiles", ({ values, level, ...given }) => {
  const clusters = values.map((value) => ({ stratum: "", members: [value] }));
  const mean = ratioOfSums<number>(
    (value) => value,
    () => 1,
  );
  const found = bootstrap(clusters, mean, { random: createRandom(1), range: { low: -Infinity, high: Infinity }, resamples: 1 });
  if (found === null) throw new Error("no bootstrap");
  expectEqual([found.acceleration ?? 0], [given.acceleration]);
  const replicates = Float64Array.from(given.replicates);
  expectEqual(bcaPlaces({ ...found, replicates, degrees: Infinity }, level), given.places);
});

test.each(figures.jackknife)("the interval at $level reaches Student's ends by the jackknife over strata", (given) => {
  const { strata, level, error, degrees, half } = given;
  const clusters = strata.flatMap((stratum, h) => stratum.map((member) => ({ stratum: String(h), members: [member] })));
  const ratio = ratioOfSums<[number, number]>(
    ([above]) => above,
    ([, below]) => below,
  );
  const found = bootstrap(clusters, ratio, {
    random: createRandom(2),
    range: { low: -Infinity, high: Infinity },
    resamples: 500,
  });
  if (found === null) throw new Error("no bootstrap");
  expectEqual([found.error ?? 0, found.degrees], [error, degrees]);
  const [wide, bca] = [bootstrapInterval(found, level), bcaInterval(found, level)];
  expectEqual([wide.low, wide.high], [Math.min(bca.low, found.estimate - half), Math.max(bca.high, found.estimate + half)]);
});

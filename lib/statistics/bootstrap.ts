import type { Random } from "../core/random.js";
import { normalCdf, normalQuantile, tQuantile } from "./distributions.js";
import { type Interval, LEVEL, quantile, wilson } from "./estimate.js";
import { jackknife } from "./jackknife.js";
import { type Cluster, drawTimesInto, indexed, type IndexedStatistic, type Statistic, strataOf } from "./resampling.js";

/** How to resample. */
export interface BootstrapOptions {
  readonly random: Random;
  /** The statistic's possible values: what an interval of all-equal data may reach. */
  readonly range: Interval;
  /** Default 2,000. */
  readonly resamples?: number;
  /** Default 0.95. */
  readonly level?: number;
}

/** What resampling found: from it, intervals of any level are read. */
export interface Bootstrap {
  readonly estimate: number;
  /** Ascending, their deviations widened by the root of n/(n − 1). */
  readonly replicates: Float64Array;
  /** Null where the jackknife has none. */
  readonly acceleration: number | null;
  /** Standard error of the estimate by the jackknife; null where it has none. */
  readonly error: number | null;
  /** Of the estimate's variance; infinite where the jackknife has none. */
  readonly degrees: number;
  readonly range: Interval;
  readonly clusters: number;
}

/** An interval and how it came about. */
export interface BootstrapInterval extends Interval {
  /** `wilson`: all resamples were equal, so the bound is Wilson's on the share of clusters unlike those seen. */
  readonly method: "bca" | "percentile" | "wilson";
  readonly clusters: number;
  /** Fewer than 20 clusters: to be read with care. */
  readonly fewClusters: boolean;
  /** Two-sided p of the statistic being 0: 1 less the highest level whose interval lies to one side of it. */
  readonly tail: number;
}

/** Below this many clusters an interval says so. */
export const FEW_CLUSTERS = 20;

/**
 * Stratified cluster bootstrap of any statistic. Deviations are widened by sqrt(n/(n − 1)) (over strata: weighted by their share
 * of the jackknife's variance), as resampling n clusters is that much too narrow. Strata of fewer than 10 clusters are merged.
 * Resamples in which the statistic has no value are left out.
 * @returns null where the statistic of the data has no value
 * @see Efron 1987; STATISTICS.md, sections 2 and 3
 */
export const bootstrap = <T>(
  clusters: readonly Cluster<T>[],
  statistic: Statistic<T>,
  options: Omit<BootstrapOptions, "level">,
): Bootstrap | null => bootstrapIndexed(strataOf(clusters), indexed(clusters, statistic), options);

/** The same of clusters that are named by their place. */
export function bootstrapIndexed(
  strata: readonly Int32Array[],
  statistic: IndexedStatistic,
  { random, range, resamples = 2000 }: Omit<BootstrapOptions, "level">,
): Bootstrap | null {
  const clusters = strata.reduce((sum, { length }) => sum + length, 0);
  const times = new Int32Array(clusters).fill(1);
  const estimate = statistic.of(times);
  if (estimate === null) return null;
  const influence = jackknife(strata, statistic, random.fork("jackknife"));
  const { acceleration = null, scale = 1, degrees = Infinity } = influence ?? {};
  const replicates = new Float64Array(resamples);
  let found = 0;
  for (let i = 0; i < resamples; i++) {
    drawTimesInto(strata, random, times);
    const value = statistic.of(times);
    if (value !== null) replicates[found++] = estimate + scale * (value - estimate);
  }
  return {
    estimate,
    replicates: replicates.subarray(0, found).sort(),
    acceleration,
    error: influence === null ? null : Math.sqrt(influence.variance),
    degrees,
    range,
    clusters,
  };
}

/** `bootstrap` and its interval at one level. */
export function clusterBootstrap<T>(
  clusters: readonly Cluster<T>[],
  statistic: Statistic<T>,
  { level = LEVEL, ...options }: BootstrapOptions,
): BootstrapInterval | null {
  const found = bootstrap(clusters, statistic, options);
  if (found === null) return null;
  const isEqual = allEqual(found);
  return {
    ...bootstrapInterval(found, level),
    method: isEqual ? "wilson" : found.acceleration === null ? "percentile" : "bca",
    clusters: found.clusters,
    fewClusters: found.clusters < FEW_CLUSTERS,
    tail: tailOf(found),
  };
}

/**
 * At either end the farther of two bounds that differ by the order of 1/n, each too near where the other is right: BCa's, whose
 * correction for skewness is noise where the clusters' influences have heavy tails (a paired drift, which most clusters do not move), and
 * Student's with the jackknife's error, which is blind to skewness (a drift of losses alone). Forty clusters cannot tell which of
 * the two they are. Where all replicates are equal, Wilson's bound on the share of clusters unlike those seen, never an interval of no width.
 * @param level two-sided, 0–1
 * @see Hall 1988, Annals of Statistics 16, 927–953: two-sided coverage errors of BCa and bootstrap-t go with −(κ − 3γ²/2)(1 + 2z²)/6,
 *   Student's with κ(z² − 3)/12 − γ²(z⁴ + 2z² − 3)/18, of skewness γ and excess kurtosis κ; MacKinnon, Nielsen and Webb 2023 for Student's
 *   with the jackknife over clusters
 */
export function bootstrapInterval(found: Bootstrap, level = LEVEL): Interval {
  const { estimate, error, degrees, range, clusters } = found;
  if (allEqual(found)) return equalDataInterval(estimate, range, { clusters, level });
  const bca = bcaInterval(found, level);
  const half = error === null ? 0 : error * tQuantile((1 + level) / 2, degrees);
  return {
    low: Math.max(range.low, Math.min(bca.low, estimate - half)),
    high: Math.min(range.high, Math.max(bca.high, estimate + half)),
  };
}

/**
 * BCa with Student's quantiles in place of the normal's, as the variance is itself estimated from few clusters; percentile
 * (with the bias correction alone) without an acceleration. Beyond the replicates' resolution the tails go on as a normal's.
 * @param found with replicates that are not all equal   @param level two-sided, 0–1
 * @see Efron 1987; Hesterberg 2015, section 5.3, for the quantiles
 */
export function bcaInterval(found: Bootstrap, level = LEVEL): Interval {
  const [low, high] = bcaPlaces(found, level).map((z) => tailQuantile(found.replicates, z));
  return { low, high };
}

/** Two-sided p of the statistic being 0, by the intervals: 1 less the highest level whose interval lies to one side of 0. */
export function tailOf(found: Bootstrap): number {
  if (allEqual(found)) return 1;
  const isBeside = (p: number): boolean => {
    const { low, high } = bootstrapInterval(found, 1 - p);
    return low > 0 || high < 0;
  };
  if (!isBeside(1)) return 1;
  let [least, most] = [LEAST_TAIL, 1];
  if (isBeside(least)) return least;
  for (let step = 0; step < TAIL_STEPS; step++) {
    const middle = Math.sqrt(least * most);
    if (isBeside(middle)) most = middle;
    else least = middle;
  }
  return most;
}

const LEAST_TAIL = 1e-9;
const TAIL_STEPS = 40;

/** Equal but for the rounding of sums. */
const allEqual = ({ replicates: all }: Bootstrap): boolean =>
  all.length === 0 || all[all.length - 1] - all[0] <= 1e-12 * Math.max(1, Math.abs(all[0]));

/** Where to read the replicates at both ends, as normal quantiles. */
export function bcaPlaces(
  { replicates, estimate, acceleration, degrees }: Pick<Bootstrap, "replicates" | "estimate" | "acceleration" | "degrees">,
  level: number,
): number[] {
  const ends = [(1 - level) / 2, (1 + level) / 2].map((p) => tQuantile(p, degrees));
  if (acceleration === null) return ends;
  const below = (firstAtLeast(replicates, estimate) + firstAbove(replicates, estimate)) / 2;
  const share = Math.min(replicates.length - 0.5, Math.max(0.5, below)) / replicates.length;
  const bias = normalQuantile(share);
  return ends.map((end) => {
    const z = bias + end;
    const denominator = 1 - acceleration * z;
    return denominator > 0 ? bias + z / denominator : end;
  });
}

const firstAtLeast = (sorted: Float64Array, value: number): number => bisect(sorted, (other) => other >= value);
const firstAbove = (sorted: Float64Array, value: number): number => bisect(sorted, (other) => other > value);

/** The first place whose value fits; all after it do too. */
function bisect(sorted: Float64Array, fits: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(sorted[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Fewer replicates than this beyond a quantile do not tell where it is. */
const FEWEST_BEYOND = 10;

/** The replicates' quantile at a normal z; beyond their resolution, on the line through the median and the last one they tell. */
function tailQuantile(replicates: Float64Array, z: number): number {
  const p = normalCdf(z);
  const least = Math.min(0.25, FEWEST_BEYOND / replicates.length);
  if (p >= least && p <= 1 - least) return quantile(replicates, p);
  const end = p < 0.5 ? least : 1 - least;
  const middle = quantile(replicates, 0.5);
  return middle + ((quantile(replicates, end) - middle) * Math.max(-LARGEST_Z, Math.min(LARGEST_Z, z))) / normalQuantile(end);
}

const LARGEST_Z = 8;

/** As no cluster differs, the share that would differ is bounded by Wilson's; those could lie anywhere in the range. */
function equalDataInterval(value: number, range: Interval, { clusters, level }: { clusters: number; level: number }): Interval {
  const unlike = wilson(0, clusters, level).high;
  return { low: value - unlike * (value - range.low), high: value + unlike * (range.high - value) };
}

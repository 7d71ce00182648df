import type { Random } from "../core/random.js";
import { normalCdf, normalQuantile, tQuantile } from "./distributions.js";
import { type Interval, LEVEL, quantile, wilson } from "./estimate.js";
import { type Cluster, drawClusters, indexed, jackknife, type Statistic, strataOf } from "./resampling.js";

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
export function bootstrap<T>(
  clusters: readonly Cluster<T>[],
  statistic: Statistic<T>,
  { random, range, resamples = 2000 }: Omit<BootstrapOptions, "level">,
): Bootstrap | null {
  const asked = indexed(clusters, statistic);
  const estimate = asked.of(Int32Array.from(clusters.keys()));
  if (estimate === null) return null;
  const strata = strataOf(clusters);
  const sizes = strata.map(({ length }) => length);
  const influence = jackknife(strata, asked, random.fork("jackknife"));
  const { acceleration = null, scale = 1, degrees = Infinity } = influence ?? {};
  const replicates = new Float64Array(resamples);
  const into = new Int32Array(clusters.length);
  let found = 0;
  for (let i = 0; i < resamples; i++) {
    drawClusters(strata, sizes, { into, random });
    const value = asked.of(into);
    if (value !== null) replicates[found++] = estimate + scale * (value - estimate);
  }
  return {
    estimate,
    replicates: replicates.subarray(0, found).sort(),
    acceleration,
    degrees,
    range,
    clusters: clusters.length,
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
 * BCa with Student's quantiles in place of the normal's, as the variance is itself estimated from few clusters; percentile
 * (with the bias correction alone) without an acceleration; where all replicates are equal, Wilson's bound on the share of clusters
 * unlike those seen, never an interval of no width. Beyond the replicates' resolution the tails go on as a normal's.
 * @param level two-sided, 0–1
 * @see Efron 1987; Hesterberg 2015, section 5.3, for the quantiles
 */
export function bootstrapInterval(found: Bootstrap, level = LEVEL): Interval {
  const { replicates, estimate, range, clusters } = found;
  if (allEqual(found)) return equalDataInterval(estimate, range, { clusters, level });
  const [low, high] = bcaPlaces(found, level).map((z) => tailQuantile(replicates, z));
  return { low: Math.max(range.low, low), high: Math.min(range.high, high) };
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

const allEqual = ({ replicates }: Bootstrap): boolean =>
  replicates.length === 0 || replicates[0] === replicates[replicates.length - 1];

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

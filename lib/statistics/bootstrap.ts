import type { Random } from "../core/random.js";
import { normalCdf, normalQuantile } from "./distributions.js";
import { type Interval, LEVEL, quantile, wilson } from "./estimate.js";

/** Members that are drawn together, of one stratum. */
export interface Cluster<T> {
  readonly stratum: string;
  readonly members: readonly T[];
}

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

/** An interval and how it came about. */
export interface BootstrapInterval extends Interval {
  /** `wilson`: all resamples were equal, so the bound is Wilson's on the share of clusters unlike those seen. */
  readonly method: "bca" | "percentile" | "wilson";
  readonly clusters: number;
  /** Fewer than 20 clusters: to be read with care. */
  readonly fewClusters: boolean;
  /** Two-sided p of the statistic being 0: twice the smaller tail of the resamples beyond 0, at least 2/(resamples + 1). */
  readonly tail: number;
}

/** Below this many clusters an interval says so. */
export const FEW_CLUSTERS = 20;

/**
 * Stratified cluster bootstrap of any statistic, BCa with the jackknife over clusters. Resamples' deviations are scaled by
 * sqrt(n/(n − 1)) (over strata: weighted by their share of the jackknife's variance), as resampling n clusters is that much too
 * narrow. Strata of fewer than 10 clusters are merged. Without an acceleration: percentiles.
 * @param statistic null where it has no value; such resamples are left out
 * @returns null where the statistic of the data is null
 * @see Efron 1987; STATISTICS.md, sections 2 and 3
 */
export function clusterBootstrap<T>(
  clusters: readonly Cluster<T>[],
  statistic: (sample: readonly T[]) => number | null,
  options: BootstrapOptions,
): BootstrapInterval | null {
  const { random, range, resamples = 2000, level = LEVEL } = options;
  const strata = mergeSmallStrata(clusters);
  const estimate = statistic(clusters.flatMap(({ members }) => members));
  if (estimate === null) return null;
  const facts = { clusters: clusters.length, fewClusters: clusters.length < FEW_CLUSTERS };
  const { acceleration, scale } = jackknife(strata, statistic);
  const replicates = draw(strata, statistic, { random, resamples }).map((value) => estimate + scale * (value - estimate));
  replicates.sort((a, b) => a - b);
  if (replicates.length === 0 || replicates[0] === replicates[replicates.length - 1]) {
    return { ...equalDataInterval(estimate, range, { clusters: clusters.length, level }), method: "wilson", ...facts, tail: 1 };
  }
  const tail = twoSidedTail(replicates);
  const [low, high] = bcaLevels(replicates, estimate, { acceleration, level }).map((p) => quantile(replicates, p));
  const within = { low: Math.max(range.low, low), high: Math.min(range.high, high) };
  return { ...within, method: acceleration === null ? "percentile" : "bca", ...facts, tail };
}

const SMALLEST_STRATUM = 10;

/** Clusters by stratum; the strata with fewer than 10 become one, and if that is still small, it joins the smallest other. */
export function mergeSmallStrata<T>(clusters: readonly Cluster<T>[]): readonly (readonly Cluster<T>[])[] {
  const groups = new Map<string, Cluster<T>[]>();
  for (const cluster of clusters) groups.set(cluster.stratum, [...(groups.get(cluster.stratum) ?? []), cluster]);
  const large = [...groups.values()].filter((group) => group.length >= SMALLEST_STRATUM).sort((a, b) => a.length - b.length);
  const small = [...groups.values()].filter((group) => group.length < SMALLEST_STRATUM).flat();
  if (small.length === 0) return large;
  if (small.length >= SMALLEST_STRATUM || large.length === 0) return [small, ...large];
  return [[...small, ...large[0]], ...large.slice(1)];
}

function draw<T>(
  strata: readonly (readonly Cluster<T>[])[],
  statistic: (sample: readonly T[]) => number | null,
  { random, resamples }: { readonly random: Random; readonly resamples: number },
): number[] {
  const values: number[] = [];
  for (let i = 0; i < resamples; i++) {
    const sample: T[] = [];
    for (const stratum of strata) {
      for (let k = 0; k < stratum.length; k++)
        for (const member of stratum[random.integer(stratum.length)].members) sample.push(member);
    }
    const value = statistic(sample);
    if (value !== null) values.push(value);
  }
  return values;
}

/** Leave one cluster out at a time. `acceleration` is null where no cluster moves the statistic, or one cannot be left out. */
function jackknife<T>(
  strata: readonly (readonly Cluster<T>[])[],
  statistic: (sample: readonly T[]) => number | null,
): { acceleration: number | null; scale: number } {
  let [squares, cubes, widened] = [0, 0, 0];
  for (const [index, stratum] of strata.entries()) {
    const rest = strata.filter((_, other) => other !== index).flat();
    const without = stratum.map((_, left) =>
      statistic([...rest, ...stratum.filter((_c, i) => i !== left)].flatMap((c) => c.members)),
    );
    const values = without.filter((value) => value !== null);
    if (values.length < stratum.length || stratum.length < 2) return { acceleration: null, scale: 1 };
    const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
    const influences = values.map((value) => (stratum.length - 1) * (centre - value));
    const variance = influences.reduce((sum, l) => sum + l * l, 0);
    squares += variance;
    widened += (variance * stratum.length) / (stratum.length - 1);
    cubes += influences.reduce((sum, l) => sum + l ** 3, 0);
  }
  if (!(squares > 0)) return { acceleration: null, scale: 1 };
  return { acceleration: cubes / (6 * squares ** 1.5), scale: Math.sqrt(widened / squares) };
}

/** The two levels at which to read the sorted replicates. */
function bcaLevels(
  replicates: readonly number[],
  estimate: number,
  { acceleration, level }: { readonly acceleration: number | null; readonly level: number },
): number[] {
  const tails = [(1 - level) / 2, (1 + level) / 2];
  if (acceleration === null) return tails;
  const below =
    replicates.filter((value) => value < estimate).length + replicates.filter((value) => value === estimate).length / 2;
  const share = Math.min(replicates.length - 0.5, Math.max(0.5, below)) / replicates.length;
  const bias = normalQuantile(share);
  return tails.map((tail) => {
    const z = bias + normalQuantile(tail);
    const denominator = 1 - acceleration * z;
    return denominator > 0 ? normalCdf(bias + z / denominator) : tail;
  });
}

function twoSidedTail(sorted: readonly number[]): number {
  const atMost = sorted.filter((value) => value <= 0).length;
  const atLeast = sorted.filter((value) => value >= 0).length;
  return Math.min(1, (2 * (Math.min(atMost, atLeast) + 1)) / (sorted.length + 1));
}

/** As no cluster differs, the share that would differ is bounded by Wilson's; those could lie anywhere in the range. */
function equalDataInterval(value: number, range: Interval, { clusters, level }: { clusters: number; level: number }): Interval {
  const unlike = wilson(0, clusters, level).high;
  return { low: value - unlike * (value - range.low), high: value + unlike * (range.high - value) };
}

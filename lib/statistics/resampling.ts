import { groupBy } from "../core/group.js";
import type { Random } from "../core/random.js";

/** Members that are drawn together, of one stratum. */
export interface Cluster<T> {
  readonly stratum: string;
  readonly members: readonly T[];
}

/**
 * A statistic that is a function of sums over clusters: means, ratios, means of means, differences of rates. A resample then costs one
 * weighted sum of the clusters' vectors, whatever the clusters hold.
 */
export interface SumStatistic<T> {
  /** Length of the vector of sums. */
  readonly width: number;
  /** So many of its first places are summed over different clusters: once, however often a cluster was drawn. Default 0. */
  readonly once?: number;
  /** Adds what whole clusters, one or more, come to. */
  readonly addInto: (members: readonly T[], sums: Float64Array) => void;
  /** The statistic of the sums, which it does not keep; null where it has no value. */
  readonly of: (sums: Float64Array) => number | null;
}

/**
 * What is resampled: sums, or any function of the members, which is asked anew with all members of every resample and is for what no
 * sums tell, such as medians.
 */
export type Statistic<T> = ((sample: readonly T[]) => number | null) | SumStatistic<T>;

/** A statistic of clusters that are named by their place. Values that are no finite numbers are null. */
export interface IndexedStatistic {
  /** @param times how often each cluster was drawn */
  of(times: Int32Array): number | null;
  /** Without each of `left` in turn, all from one stratum. */
  withoutEach(left: readonly number[], stratum: Int32Array): (number | null)[];
}

/** The statistic of members that are all there are. */
export function valueOf<T>(statistic: SumStatistic<T>, members: readonly T[]): number | null {
  const sums = new Float64Array(statistic.width);
  statistic.addInto(members, sums);
  return finite(statistic.of(sums));
}

/** The plain ratio of two sums over members: a mean, most often. */
export const ratioOfSums = <T>(numerator: (member: T) => number, denominator: (member: T) => number): SumStatistic<T> => ({
  width: 2,
  addInto: (members, sums) => {
    for (const member of members) {
      sums[0] += numerator(member);
      sums[1] += denominator(member);
    }
  },
  of: ([above, below]) => above / below,
});

/** A statistic made ready for being asked thousands of times. */
export function indexed<T>(clusters: readonly Cluster<T>[], statistic: Statistic<T>): IndexedStatistic {
  return typeof statistic === "function" ? ofMembers(clusters, statistic) : ofSums(clusters, statistic);
}

/** One statistic less another of the same clusters; null where either has no value. */
export function differenceBetween(one: IndexedStatistic, other: IndexedStatistic): IndexedStatistic {
  const minus = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a - b);
  return {
    of: (times) => minus(one.of(times), other.of(times)),
    withoutEach: (left, stratum) => {
      const others = other.withoutEach(left, stratum);
      return one.withoutEach(left, stratum).map((value, i) => minus(value, others[i]));
    },
  };
}

const finite = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);

function ofMembers<T>(clusters: readonly Cluster<T>[], statistic: (sample: readonly T[]) => number | null): IndexedStatistic {
  const of = (times: Int32Array): number | null => {
    const sample: T[] = [];
    clusters.forEach(({ members }, index) => {
      for (let time = 0; time < times[index]; time++) for (const member of members) sample.push(member);
    });
    return finite(statistic(sample));
  };
  return { of, withoutEach: (left) => left.map((index) => of(Int32Array.from(clusters, (_, i) => (i === index ? 0 : 1)))) };
}

/** Clusters' vectors of sums without their zeros: of cluster c those from starts[c] to starts[c + 1]. */
interface SparseVectors {
  readonly starts: Int32Array;
  readonly places: Int32Array;
  readonly amounts: Float64Array;
}

function sparseVectors<T>(clusters: readonly Cluster<T>[], { width, addInto }: SumStatistic<T>): SparseVectors {
  const starts = new Int32Array(clusters.length + 1);
  const [places, amounts]: [number[], number[]] = [[], []];
  const sums = new Float64Array(width);
  clusters.forEach(({ members }, cluster) => {
    addInto(members, sums);
    sums.forEach((amount, place) => {
      if (amount === 0) return;
      places.push(place);
      amounts.push(amount);
    });
    starts[cluster + 1] = places.length;
    sums.fill(0);
  });
  return { starts, places: Int32Array.from(places), amounts: Float64Array.from(amounts) };
}

function ofSums<T>(clusters: readonly Cluster<T>[], statistic: SumStatistic<T>): IndexedStatistic {
  const { width, once = 0 } = statistic;
  const { starts, places, amounts } = sparseVectors(clusters, statistic);
  const sums = new Float64Array(width);
  const addTimes = (times: Int32Array): void => {
    for (let cluster = 0; cluster < clusters.length; cluster++) {
      const often = times[cluster];
      if (often === 0) continue;
      const end = starts[cluster + 1];
      for (let i = starts[cluster]; i < end; i++) sums[places[i]] += places[i] < once ? amounts[i] : often * amounts[i];
    }
  };
  /** Of the first `once` places a cluster's own amounts, of the others so many times of them. */
  const add = (cluster: number, times: number, ofOnce: number): void => {
    for (let i = starts[cluster]; i < starts[cluster + 1]; i++) {
      const place = places[i];
      sums[place] += place < once ? ofOnce * amounts[i] : times * amounts[i];
    }
  };
  const rest = new Float64Array(width);
  return {
    of: (times) => {
      sums.fill(0);
      addTimes(times);
      return finite(statistic.of(sums));
    },
    // what is left of the stratum stands for all of it, so that leaving out does not change the stratum's share
    withoutEach: (left, stratum) => {
      const weight = stratum.length / (stratum.length - 1);
      const isOwn = new Set(stratum);
      sums.fill(0);
      for (let cluster = 0; cluster < clusters.length; cluster++) add(cluster, isOwn.has(cluster) ? weight : 1, 1);
      rest.set(sums);
      return left.map((cluster) => {
        sums.set(rest);
        add(cluster, -weight, -1);
        for (let i = starts[cluster]; i < starts[cluster + 1]; i++) sums[places[i]] = unlessNothing(sums[places[i]], amounts[i]);
        return finite(statistic.of(sums));
      });
    },
  };
}

/** 0 where a subtraction has left only its rounding: a group without members is to be empty. */
const unlessNothing = (left: number, taken: number): number => (Math.abs(left) < 1e-12 * Math.abs(taken) ? 0 : left);

const SMALLEST_STRATUM = 10;

/**
 * The clusters' indices by stratum; strata with fewer than 10 become one, and if that is still small, it joins the smallest other.
 * @see STATISTICS.md, section 2
 */
export function strataOf(clusters: readonly { readonly stratum: string }[]): Int32Array[] {
  const groups = [...groupBy([...clusters.keys()], (index) => clusters[index].stratum).values()];
  const large = groups.filter((group) => group.length >= SMALLEST_STRATUM).sort((a, b) => a.length - b.length);
  const small = groups.filter((group) => group.length < SMALLEST_STRATUM).flat();
  const merged =
    small.length === 0
      ? large
      : small.length >= SMALLEST_STRATUM || large.length === 0
        ? [small, ...large]
        : [[...small, ...large[0]], ...large.slice(1)];
  return merged.map((group) => Int32Array.from(group));
}

/** One resample: how often each cluster is drawn when every stratum is drawn anew with replacement. */
export function drawTimesInto(strata: readonly Int32Array[], random: Random, times: Int32Array): void {
  times.fill(0);
  for (const stratum of strata) {
    for (let drawn = 0; drawn < stratum.length; drawn++) times[stratum[random.integer(stratum.length)]]++;
  }
}

/**
 * By how much deviations of resamples are to be widened, as resampling n clusters is too narrow by the root of (n − 1)/n: over strata,
 * by their shares of the clusters. 1 where a stratum has one cluster only.
 * @see STATISTICS.md, section 2
 */
export function wideningOf(strata: readonly Int32Array[]): number {
  const total = strata.reduce((sum, { length }) => sum + length, 0);
  if (total === 0 || strata.some(({ length }) => length < 2)) return 1;
  return Math.sqrt(strata.reduce((sum, { length }) => sum + (length / total) * (length / (length - 1)), 0));
}

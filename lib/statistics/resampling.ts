import { groupBy } from "../core/group.js";
import type { Random } from "../core/random.js";

/** Members that are drawn together, of one stratum. */
export interface Cluster<T> {
  readonly stratum: string;
  readonly members: readonly T[];
}

/** A statistic that is the members' sum of one figure over their sum of another: a mean, most often. Resampled by sums alone. */
export interface RatioOfSums<T> {
  readonly numerator: (member: T) => number;
  readonly denominator: (member: T) => number;
}

/** What is resampled: any function of the members, null where it has no value; or a ratio of sums, which is much faster. */
export type Statistic<T> = ((sample: readonly T[]) => number | null) | RatioOfSums<T>;

/** A statistic of clusters that are named by their index. */
export interface IndexedStatistic {
  /** @param indices of clusters, repeated as they were drawn  @returns null where it is no finite number */
  of(indices: Int32Array): number | null;
  /** Of all clusters but one. */
  without(index: number): number | null;
}

/** A statistic made ready for being asked thousands of times. */
export function indexed<T>(clusters: readonly Cluster<T>[], statistic: Statistic<T>): IndexedStatistic {
  return typeof statistic === "function" ? ofMembers(clusters, statistic) : ofSums(clusters, statistic);
}

const finite = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);

function ofMembers<T>(clusters: readonly Cluster<T>[], statistic: (sample: readonly T[]) => number | null): IndexedStatistic {
  const lists = clusters.map(({ members }) => members);
  return {
    of: (indices) => {
      const sample: T[] = [];
      for (const index of indices) for (const member of lists[index]) sample.push(member);
      return finite(statistic(sample));
    },
    without: (left) => {
      const sample: T[] = [];
      lists.forEach((members, index) => {
        if (index !== left) for (const member of members) sample.push(member);
      });
      return finite(statistic(sample));
    },
  };
}

function ofSums<T>(clusters: readonly Cluster<T>[], { numerator, denominator }: RatioOfSums<T>): IndexedStatistic {
  const sumsOf = (figure: (member: T) => number): Float64Array =>
    Float64Array.from(clusters, ({ members }) => members.reduce((sum, member) => sum + figure(member), 0));
  const [above, below] = [sumsOf(numerator), sumsOf(denominator)];
  const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
  const [allAbove, allBelow] = [total(above), total(below)];
  return {
    of: (indices) => {
      let [a, b] = [0, 0];
      for (const index of indices) {
        a += above[index];
        b += below[index];
      }
      return finite(a / b);
    },
    without: (left) => finite((allAbove - above[left]) / (allBelow - below[left])),
  };
}

/** Draws on which two statistics must agree to be called the same one. */
const COMPARED_DRAWS = 8;
const SAME = 1e-9;

/** Whether a function of the members is that ratio of sums, on the data and on some random draws of its clusters. */
export function isRatio<T>(
  clusters: readonly Cluster<T>[],
  [statistic, ratio]: readonly [(sample: readonly T[]) => number | null, RatioOfSums<T>],
  random: Random,
): boolean {
  const [one, other] = [ofMembers(clusters, statistic), ofSums(clusters, ratio)];
  const agree = (indices: Int32Array): boolean => {
    const [a, b] = [one.of(indices), other.of(indices)];
    return a !== null && b !== null && Math.abs(a - b) <= SAME;
  };
  const drawn = (): Int32Array => Int32Array.from(clusters, () => random.integer(clusters.length));
  return agree(Int32Array.from(clusters.keys())) && Array.from({ length: COMPARED_DRAWS }, drawn).every(agree);
}

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

/** Fills `into` with as many draws with replacement from each stratum as `sizes` says. */
export function drawClusters(strata: readonly Int32Array[], sizes: readonly number[], { into, random }: DrawTarget): void {
  let place = 0;
  strata.forEach((stratum, index) => {
    for (let drawn = 0; drawn < sizes[index]; drawn++) into[place++] = stratum[random.integer(stratum.length)];
  });
}

interface DrawTarget {
  readonly into: Int32Array;
  readonly random: Random;
}

/** How much each cluster moves a statistic, and what follows for its error. */
export interface Influence {
  /** Of one cluster more: (n_h − 1)/n_h times what leaving it out moves, by cluster; those that were not left out are absent. */
  readonly values: ReadonlyMap<number, number>;
  /** Roots of n_h/(n_h − 1) over strata, by their share of the variance: resampling n clusters is that much too narrow. */
  readonly scale: number;
  readonly acceleration: number;
  /** Of the variance, by Satterthwaite over strata. */
  readonly degrees: number;
}

/** More clusters than this are not all left out one by one: a random sample of them tells as much. */
const MOST_LEFT_OUT = 1000;

/**
 * Jackknife over clusters, strata apart.
 * @returns null where a stratum has one cluster, the statistic has no value without some cluster, or no cluster moves it
 * @see Efron 1987, equation 6.6; Satterthwaite 1946
 */
export function jackknife(strata: readonly Int32Array[], statistic: IndexedStatistic, random: Random): Influence | null {
  const values = new Map<number, number>();
  const total = strata.reduce((sum, { length }) => sum + length, 0);
  const parts: StratumMoments[] = [];
  for (const stratum of strata) {
    const most = Math.ceil((MOST_LEFT_OUT * stratum.length) / total);
    const chosen = total <= MOST_LEFT_OUT ? [...stratum] : random.sample([...stratum], most);
    const without = chosen.map((index) => statistic.without(index)).filter((value) => value !== null);
    if (without.length < chosen.length || chosen.length < 2) return null;
    const centre = without.reduce((sum, value) => sum + value, 0) / without.length;
    const moved = without.map((value) => ((stratum.length - 1) / stratum.length) * (centre - value));
    moved.forEach((value, i) => values.set(chosen[i], value));
    const sum = (exponent: number): number =>
      (moved.reduce((total, value) => total + value ** exponent, 0) * stratum.length) / chosen.length;
    parts.push({ squares: sum(2), cubes: sum(3), size: stratum.length });
  }
  const summary = influenceSummary(parts);
  return summary === null ? null : { values, ...summary };
}

/** Sums over a stratum of its clusters' influences, which have mean 0. */
export interface StratumMoments {
  readonly squares: number;
  readonly cubes: number;
  /** Clusters. */
  readonly size: number;
}

/** Variance, acceleration and degrees of freedom by the strata's moments; null where nothing moves. */
export function influenceSummary(parts: readonly StratumMoments[]) {
  let [squares, cubes, variance, spread] = [0, 0, 0, 0];
  for (const part of parts) {
    const ofStratum = (part.squares * part.size) / (part.size - 1);
    squares += part.squares;
    cubes += part.cubes;
    variance += ofStratum;
    spread += ofStratum ** 2 / (part.size - 1);
  }
  if (!(squares > 0)) return null;
  return {
    variance,
    scale: Math.sqrt(variance / squares),
    acceleration: cubes / (6 * squares ** 1.5),
    degrees: variance ** 2 / spread,
  };
}

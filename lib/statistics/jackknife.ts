import type { Random } from "../core/random.js";
import type { IndexedStatistic } from "./resampling.js";

/** How much each cluster moves a statistic, and what follows for its error. */
export interface Influence extends InfluenceSummary {
  /** Of one cluster more: (n_h − 1)/n_h times what leaving it out moves, by cluster; those that were not left out are absent. */
  readonly values: ReadonlyMap<number, number>;
}

/** The error of a statistic by its clusters' influences. */
export interface InfluenceSummary {
  /** Of the estimate. */
  readonly variance: number;
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
 * @see Efron 1987, equation 6.6; Rust and Rao 1996 for strata; Satterthwaite 1946
 */
export function jackknife(strata: readonly Int32Array[], statistic: IndexedStatistic, random: Random): Influence | null {
  const values = new Map<number, number>();
  const total = strata.reduce((sum, { length }) => sum + length, 0);
  const parts: StratumMoments[] = [];
  for (const stratum of strata) {
    const most = Math.ceil((MOST_LEFT_OUT * stratum.length) / total);
    const chosen = total <= MOST_LEFT_OUT ? [...stratum] : random.sample([...stratum], most);
    if (chosen.length < 2) return null;
    const without = statistic.withoutEach(chosen, stratum).filter((value) => value !== null);
    if (without.length < chosen.length) return null;
    const centre = without.reduce((sum, value) => sum + value, 0) / without.length;
    const moved = without.map((value) => ((stratum.length - 1) / stratum.length) * (centre - value));
    moved.forEach((value, i) => values.set(chosen[i], value));
    const sum = (exponent: number): number =>
      (moved.reduce((total, value) => total + value ** exponent, 0) * stratum.length) / chosen.length;
    parts.push({ squares: withoutRounding(sum(2), centre), cubes: sum(3), size: stratum.length });
  }
  const summary = influenceSummary(parts);
  return summary === null ? null : { values, ...summary };
}

/** Equal values of sums in another order differ in their last bits: that is no movement. */
const withoutRounding = (squares: number, centre: number): number => (squares < (1e-12 * centre) ** 2 ? 0 : squares);

/** Sums over a stratum of its clusters' influences, which have mean 0. */
export interface StratumMoments {
  readonly squares: number;
  readonly cubes: number;
  /** Clusters. */
  readonly size: number;
}

/** Variance, acceleration and degrees of freedom by the strata's moments; null where nothing moves. */
export function influenceSummary(parts: readonly StratumMoments[]): InfluenceSummary | null {
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

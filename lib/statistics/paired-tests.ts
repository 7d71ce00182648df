import type { Random } from "../core/random.js";
import { binomialAtMost } from "./distributions.js";
import { type Interval, LEVEL } from "./estimate.js";

/** McNemar's test of discordant pairs. */
export interface McNemar {
  /** Exact, two-sided. */
  readonly pValue: number;
  /** Less conservative than the exact one: half of the observed outcome's probability is counted. */
  readonly midP: number;
  /** gained / lost; Infinity where nothing was lost, NaN without discordant pairs. */
  readonly oddsRatio: number;
  /** Exact (Clopper–Pearson) interval of the odds ratio. */
  readonly low: number;
  readonly high: number;
}

/**
 * @param gained pairs that went from wrong to right   @param lost pairs that went from right to wrong
 * @see Fagerland, Lydersen and Laake 2013
 */
export function mcnemar(gained: number, lost: number): McNemar {
  const discordant = gained + lost;
  if (discordant === 0) return { pValue: 1, midP: 1, oddsRatio: Number.NaN, low: 0, high: Infinity };
  const fewer = Math.min(gained, lost);
  const atMost = binomialAtMost(fewer, discordant, 0.5);
  const below = fewer === 0 ? 0 : binomialAtMost(fewer - 1, discordant, 0.5);
  const share = clopperPearson(gained, discordant);
  return {
    pValue: Math.min(1, 2 * atMost),
    midP: Math.min(1, atMost + below),
    oddsRatio: gained / lost,
    low: share.low / (1 - share.low),
    high: share.high / (1 - share.high),
  };
}

/** The exact interval of a proportion, found by bisection of the binomial's tails. */
export function clopperPearson(successes: number, trials: number, level = LEVEL): Interval {
  const tail = (1 - level) / 2;
  const low = successes === 0 ? 0 : bisect((p) => 1 - binomialAtMost(successes - 1, trials, p) - tail);
  const high = successes === trials ? 1 : bisect((p) => tail - binomialAtMost(successes, trials, p));
  return { low, high };
}

/** Exact up to this many differences that are not 0: 2^12 sign patterns. */
const MOST_EXACT = 12;
const TOLERANCE = 1e-9; // sums of equal terms in another order differ in the last bits

/**
 * Two-sided p of the mean of paired differences being 0, by flipping their signs: all patterns up to 12 differences that are
 * not 0, else `draws` random ones.
 * @param differences one a cluster
 */
export function signFlip(differences: readonly number[], { random, draws = 10_000 }: { random: Random; draws?: number }): number {
  const moved = differences.filter((difference) => difference !== 0);
  const observed = Math.abs(moved.reduce((sum, value) => sum + value, 0)) * (1 - TOLERANCE);
  if (moved.length <= MOST_EXACT) {
    const patterns = 2 ** moved.length;
    const sums = Array.from({ length: patterns }, (_, bits) => signedSum(moved, (i) => (bits & (1 << i)) !== 0));
    return sums.filter((sum) => Math.abs(sum) >= observed).length / patterns;
  }
  let extreme = 1;
  for (let i = 0; i < draws; i++) if (Math.abs(signedSum(moved, () => random.uniform() < 0.5)) >= observed) extreme++;
  return extreme / (draws + 1);
}

function signedSum(values: readonly number[], flipped: (index: number) => boolean): number {
  return values.reduce((sum, value, index) => sum + (flipped(index) ? -value : value), 0);
}

/** The root in [0, 1] of an increasing function. */
function bisect(f: (p: number) => number): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (f(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

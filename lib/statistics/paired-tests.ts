import type { Random } from "../core/random.js";
import { betaAt, binomialAtMost, tCdf } from "./distributions.js";
import { type Interval, LEVEL, mean } from "./estimate.js";

/** McNemar's test of discordant pairs. */
export interface McNemar {
  /** Exact, two-sided. */
  readonly pValue: number;
  /** Less conservative than the exact one: half of the observed outcome's probability is counted. */
  readonly midP: number;
  /** gained / lost; Infinity where nothing was lost, null without discordant pairs. */
  readonly oddsRatio: number | null;
  /** Exact (Clopper–Pearson) interval of the odds ratio; 0 to Infinity where nothing is known. */
  readonly low: number;
  readonly high: number;
}

/**
 * @param gained pairs that went from wrong to right   @param lost pairs that went from right to wrong
 * @see Fagerland, Lydersen and Laake 2013
 */
export function mcnemar(gained: number, lost: number): McNemar {
  const discordant = gained + lost;
  if (discordant === 0) return { pValue: 1, midP: 1, oddsRatio: null, low: 0, high: Infinity };
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

/** The exact interval of a proportion; 0 to 1 for no trials. @see Clopper and Pearson 1934 */
export function clopperPearson(successes: number, trials: number, level = LEVEL): Interval {
  const tail = (1 - level) / 2;
  const failures = trials - successes;
  return {
    low: successes === 0 ? 0 : betaAt(tail, [successes, failures + 1]),
    high: failures === 0 ? 1 : betaAt(1 - tail, [successes + 1, failures]),
  };
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
  const moved = Float64Array.from(differences.filter((difference) => difference !== 0));
  const observed = Math.abs(moved.reduce((sum, value) => sum + value, 0)) * (1 - TOLERANCE);
  if (moved.length <= MOST_EXACT) {
    const patterns = 2 ** moved.length;
    const sums = Array.from({ length: patterns }, (_, bits) => signedSum(moved, () => bits));
    return sums.filter((sum) => Math.abs(sum) >= observed).length / patterns;
  }
  const signs = (): number => random.integer(2 ** SIGNS);
  let extreme = 1;
  for (let i = 0; i < draws; i++) if (Math.abs(signedSum(moved, signs)) >= observed) extreme++;
  return extreme / (draws + 1);
}

/** Signs that one number brings: no more than a random one has bits. */
const SIGNS = 24;

/** @param signs the next of them, in the bits of a number */
function signedSum(values: Float64Array, signs: () => number): number {
  let [sum, bits] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    bits = i % SIGNS === 0 ? signs() : bits >>> 1;
    sum += (bits & 1) === 0 ? values[i] : -values[i];
  }
  return sum;
}

/** Two one-sided tests of paired differences against a margin. */
export interface Equivalence {
  /** Of the mean difference being −margin or less. */
  readonly pAbove: number;
  /** Of the mean difference being margin or more. */
  readonly pBelow: number;
  /** The larger of both: of a difference that matters. */
  readonly pValue: number;
}

/**
 * Equivalence of paired means by two one-sided t tests.
 * @param margin above 0
 * @returns null for fewer than two differences, or for equal ones: their spread is not known
 * @see Schuirmann 1987
 */
export function tost(differences: readonly number[], margin: number): Equivalence | null {
  const count = differences.length;
  const centre = mean(differences);
  const variance = differences.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (count - 1);
  if (count < 2 || !(variance > 0)) return null;
  const error = Math.sqrt(variance / count);
  const pAbove = tCdf(-(centre + margin) / error, count - 1);
  const pBelow = tCdf((centre - margin) / error, count - 1);
  return { pAbove, pBelow, pValue: Math.max(pAbove, pBelow) };
}

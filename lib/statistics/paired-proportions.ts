import { normalQuantile } from "./distributions.js";
import { type Interval, LEVEL } from "./estimate.js";

/** Pairs of right and wrong, before and after. */
export interface PairedCounts {
  /** Wrong before, right after. */
  readonly gained: number;
  /** Right before, wrong after. */
  readonly lost: number;
  /** All of them. */
  readonly pairs: number;
}

/**
 * The score interval of the difference of two paired proportions, after − before, −1 to 1: what Wilson's is to one proportion.
 * It keeps its level where few pairs differ, and has a width where none do; −1 to 1 without pairs.
 * @see Tango 1998, Statistics in Medicine 17, equations 3 and 4; recommended by Fagerland, Lydersen and Laake 2014
 */
export function pairedDifference(counts: PairedCounts, level = LEVEL): Interval {
  if (counts.pairs === 0) return { low: -1, high: 1 };
  const z = normalQuantile(0.5 + level / 2);
  const estimate = (counts.gained - counts.lost) / counts.pairs;
  return {
    low: boundary(counts, { inside: estimate, outside: -1, z }),
    high: boundary(counts, { inside: estimate, outside: 1, z }),
  };
}

interface Search {
  /** The estimate, whose score is 0. */
  readonly inside: number;
  readonly outside: number;
  readonly z: number;
}

const STEPS = 60;

/** Where the score's size passes z, between the estimate and the end of the range. */
function boundary(counts: PairedCounts, { inside, outside, z }: Search): number {
  let [near, far] = [inside, outside];
  for (let step = 0; step < STEPS; step++) {
    const middle = (near + far) / 2;
    if (Math.abs(score(counts, middle)) < z) near = middle;
    else far = middle;
  }
  return (near + far) / 2;
}

/** The standardized distance of the counts from a difference, with the variance that is likeliest under it. */
function score({ gained, lost, pairs }: PairedCounts, difference: number): number {
  const distance = gained - lost - pairs * difference;
  if (distance === 0) return 0;
  const b = -gained - lost + (2 * pairs - gained + lost) * difference;
  const c = -lost * difference * (1 - difference);
  const likeliest = (Math.sqrt(Math.max(0, b * b - 8 * pairs * c)) - b) / (4 * pairs); // of lost pairs
  const variance = pairs * (2 * likeliest + difference * (1 - difference));
  return variance > 0 ? distance / Math.sqrt(variance) : distance * Infinity;
}

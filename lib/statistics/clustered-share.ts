import { normalQuantile, tQuantile } from "./distributions.js";
import { type Interval, LEVEL, wilson } from "./estimate.js";

/** Yes-or-no trials that move together. */
export interface ClusterCount {
  /** How many of them came out yes. */
  readonly successes: number;
  /** 1 or more. */
  readonly trials: number;
}

/**
 * Wilson's interval of a share over clusters: with the number of independent trials that would vary as much, and Student's quantile in
 * its place as that number is itself estimated. Clusters of one trial each: Wilson's own. Where all trials agree, nothing can be
 * estimated: those of a cluster count as one.
 * @returns 0 to 1 for no trials
 * @see Korn and Graubard 1998, with Wilson's interval in place of Clopper and Pearson's; Franco et al. 2019
 */
export function clusteredShare(clusters: readonly ClusterCount[], level = LEVEL): Interval {
  const trials = sumOf(clusters.map((cluster) => cluster.trials));
  const successes = sumOf(clusters.map((cluster) => cluster.successes));
  if (trials === clusters.length) return wilson(successes, trials, level);
  const share = successes / trials;
  const independent = independentTrials(clusters, { trials, share, level });
  return wilson(share * independent, independent, level);
}

function independentTrials(
  clusters: readonly ClusterCount[],
  { trials, share, level }: { readonly trials: number; readonly share: number; readonly level: number },
): number {
  const together = trials ** 2 / sumOf(clusters.map((cluster) => cluster.trials ** 2));
  const count = clusters.length;
  if (share === 0 || share === 1 || count < 2) return together;
  const squares = sumOf(clusters.map((cluster) => (cluster.successes - share * cluster.trials) ** 2));
  const variance = (squares * count) / (count - 1) / trials ** 2;
  const effective = Math.min(trials, (share * (1 - share)) / variance);
  return effective * (normalQuantile(0.5 + level / 2) / tQuantile(0.5 + level / 2, count - 1)) ** 2;
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

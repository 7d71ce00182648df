import binomialCdf from "@stdlib/stats-base-dists-binomial-cdf";
import standardNormalCdf from "@stdlib/stats-base-dists-normal-cdf";
import standardNormalQuantile from "@stdlib/stats-base-dists-normal-quantile";

/** P(Z ≤ x) of the standard normal. */
export const normalCdf = (x: number): number => standardNormalCdf(x, 0, 1);

/** The x with P(Z ≤ x) = p of the standard normal; ±Infinity at 1 and 0. */
export const normalQuantile = (p: number): number => standardNormalQuantile(p, 0, 1);

/** P(X ≤ k) for `trials` draws of success probability p. */
export const binomialAtMost = (k: number, trials: number, p: number): number => binomialCdf(k, trials, p);

import betaQuantile from "@stdlib/stats-base-dists-beta-quantile";
import binomialCdf from "@stdlib/stats-base-dists-binomial-cdf";
import standardNormalCdf from "@stdlib/stats-base-dists-normal-cdf";
import standardNormalQuantile from "@stdlib/stats-base-dists-normal-quantile";
import studentCdf from "@stdlib/stats-base-dists-t-cdf";
import studentQuantile from "@stdlib/stats-base-dists-t-quantile";

/** P(Z ≤ x) of the standard normal. */
export const normalCdf = (x: number): number => standardNormalCdf(x, 0, 1);

/** The x with P(Z ≤ x) = p of the standard normal; ±Infinity at 1 and 0. */
export const normalQuantile = (p: number): number => standardNormalQuantile(p, 0, 1);

/** P(X ≤ k) for `trials` draws of success probability p. */
export const binomialAtMost = (k: number, trials: number, p: number): number => binomialCdf(k, trials, p);

/** P(T ≤ x) of Student's t. @param degrees of freedom, above 0 */
export const tCdf = (x: number, degrees: number): number => studentCdf(x, degrees);

/** The x with P(T ≤ x) = p of Student's t; the normal's for infinite degrees. @param degrees of freedom, above 0 */
export const tQuantile = (p: number, degrees: number): number =>
  degrees === Infinity ? normalQuantile(p) : studentQuantile(p, degrees);

/** The x with P(X ≤ x) = p of the beta distribution. @param shapes both above 0 */
export const betaAt = (p: number, shapes: readonly [number, number]): number => betaQuantile(p, ...shapes);

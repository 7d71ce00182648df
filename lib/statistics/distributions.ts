import betaQuantile from "@stdlib/stats-base-dists-beta-quantile";
import binomialCdf from "@stdlib/stats-base-dists-binomial-cdf";
import chiSquareQuantileOf from "@stdlib/stats-base-dists-chisquare-quantile";
import fQuantileOf from "@stdlib/stats-base-dists-f-quantile";
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

/** The x with P(X ≤ x) = p of chi-square with `df` degrees of freedom; relative error below 1e-9 for p in 0.001–0.999. */
export const chiSquareQuantile = (p: number, df: number): number =>
  df > MANY ? cornishFisher(normalQuantile(p), df) : chiSquareQuantileOf(p, df);

/** Beyond this many degrees of freedom stdlib's quantiles of the upper tail are off by 3e-5. */
const MANY = 1000;

/** Chi-square's quantile by that of the normal. @see Goldberg and Levine 1946; Abramowitz and Stegun, 26.2.49 */
function cornishFisher(z: number, df: number): number {
  const root = Math.sqrt(2 * df);
  const z2 = z * z;
  const odd = z * (1 + (z2 - 7) / (9 * 2 * df) + (9 * z2 * z2 + 256 * z2 - 433) / (4860 * 2 * df * df));
  return df + root * odd + (2 / 3) * (z2 - 1) - (6 * z2 * z2 + 14 * z2 - 32) / (405 * df);
}

/** The x with P(X ≤ x) = p of Fisher's F. */
export const fQuantile = (p: number, df1: number, df2: number): number => fQuantileOf(p, df1, df2);

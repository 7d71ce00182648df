import { tQuantile } from "./distributions.js";
import type { Interval } from "./estimate.js";
import type { InfluenceSummary } from "./jackknife.js";

/**
 * `bootstrapInterval` without resampling, of a statistic that is a sum of its clusters' influences: the bootstrap's distribution is then
 * known to its third moment, by Cornish and Fisher's expansion; at either end the farther of BCa's and Student's bound. Thousands of studies can be judged with it in a second.
 * @see Efron 1987, section 7 (the bias correction of a mean is its acceleration); Hesterberg 2015 for Student's quantiles
 */
export function linearInterval(estimate: number, { variance, acceleration, degrees }: InfluenceSummary, level: number): Interval {
  const [low, high] = [(1 - level) / 2, (1 + level) / 2].map((p) => {
    const end = tQuantile(p, degrees);
    const z = acceleration + end;
    const denominator = 1 - acceleration * z;
    const place = denominator > 0 ? acceleration + z / denominator : end;
    const bca = place + acceleration * (place * place - 1);
    return estimate + Math.sqrt(variance) * (end < 0 ? Math.min(end, bca) : Math.max(end, bca));
  });
  return { low, high };
}

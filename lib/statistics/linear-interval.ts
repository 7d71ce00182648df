import { tQuantile } from "./distributions.js";
import type { Interval } from "./estimate.js";
import type { influenceSummary } from "./resampling.js";

/**
 * The BCa interval without resampling, of a statistic that is a sum of its clusters' influences: the bootstrap's distribution is then
 * known to its third moment, by Cornish and Fisher's expansion. Thousands of studies can be judged with it in a second.
 * @param summary of the influences, not null
 * @see Efron 1987, section 7 (the bias correction of a mean is its acceleration); Hesterberg 2015 for Student's quantiles
 */
export function linearInterval(
  estimate: number,
  { variance, acceleration, degrees }: NonNullable<ReturnType<typeof influenceSummary>>,
  level: number,
): Interval {
  const [low, high] = [(1 - level) / 2, (1 + level) / 2].map((p) => {
    const end = tQuantile(p, degrees);
    const z = acceleration + end;
    const denominator = 1 - acceleration * z;
    const place = denominator > 0 ? acceleration + z / denominator : end;
    return estimate + Math.sqrt(variance) * (place + acceleration * (place * place - 1));
  });
  return { low, high };
}

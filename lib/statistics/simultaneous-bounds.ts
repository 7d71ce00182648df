import { normalQuantile } from "./distributions.js";
import { type Interval, LEVEL, quantile, wilson } from "./estimate.js";

/** An estimate and its resamples. */
export interface Resampled {
  readonly estimate: number;
  /** In any order. */
  readonly replicates: readonly number[];
  /** Independent units that were resampled. */
  readonly units: number;
}

/** A lower bound that holds together with all others of its family. */
export interface SimultaneousBound {
  readonly low: number;
  /** Whether the estimate is above the limit, with this family's certainty. */
  readonly clears: boolean;
}

/**
 * Holm's step-down bounds: the clearest estimate is bounded at tail alpha/n, the next at alpha/(n − 1), …; from the first that does not
 * clear the limit on, none does, and all are bounded at its tail. Where no resample differs: Wilson's bound over the units.
 * @param limit what an estimate has to exceed  @param range of the statistic
 * @returns in the order given  @see Holm 1979
 */
export function simultaneousBounds(
  all: readonly Resampled[],
  { limit, range, level = LEVEL }: { readonly limit: number; readonly range: Interval; readonly level?: number },
): SimultaneousBound[] {
  const alpha = (1 - level) / 2;
  const clearance = all.map((each) => {
    const low = lowerBound(each, { tail: alpha / all.length, range });
    return (each.estimate - limit) / Math.max(1e-9, each.estimate - low); // above 1 where the bound clears the limit
  });
  const order = [...all.keys()].sort((a, b) => clearance[b] - clearance[a]);
  const bounds = new Array<SimultaneousBound>(all.length);
  let failedAt: number | undefined;
  order.forEach((index, rank) => {
    const low = Math.max(range.low, lowerBound(all[index], { tail: alpha / (all.length - (failedAt ?? rank)), range }));
    if (failedAt === undefined && low <= limit) failedAt = rank;
    bounds[index] = { low, clears: failedAt === undefined };
  });
  return bounds;
}

/** Fewer resamples than this beyond a quantile do not tell where it is: it goes on as a normal's. */
const FEWEST_BEYOND = 10;

function lowerBound(
  { estimate, replicates, units }: Resampled,
  { tail, range }: { readonly tail: number; readonly range: Interval },
): number {
  const sorted = [...replicates].sort((a, b) => a - b);
  if (sorted.length === 0 || sorted[0] === sorted[sorted.length - 1]) {
    return estimate - wilson(0, units, 1 - 2 * tail).high * (estimate - range.low);
  }
  const least = Math.min(0.25, FEWEST_BEYOND / sorted.length);
  if (tail >= least) return quantile(sorted, tail);
  const middle = quantile(sorted, 0.5);
  return middle + ((quantile(sorted, least) - middle) * normalQuantile(tail)) / normalQuantile(least);
}

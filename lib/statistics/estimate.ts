import { normalQuantile } from "./distributions.js";

/** Two bounds of a value. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The share of confidence unless stated: two-sided 95 %. */
export const LEVEL = 0.95;

/**
 * Wilson's score interval of a proportion; 0 to 1 for no trials.
 * @param successes may be a fraction: a mean of values in [0, 1] times their number
 * @see Wilson 1927
 */
export function wilson(successes: number, trials: number, level = LEVEL): Interval {
  if (trials === 0) return { low: 0, high: 1 };
  const z = normalQuantile(0.5 + level / 2);
  const p = successes / trials;
  const scale = 1 + (z * z) / trials;
  const centre = (p + (z * z) / (2 * trials)) / scale;
  const half = (z * Math.sqrt((p * (1 - p)) / trials + (z * z) / (4 * trials * trials))) / scale;
  return { low: successes === 0 ? 0 : Math.max(0, centre - half), high: successes === trials ? 1 : Math.min(1, centre + half) };
}

/** Arithmetic mean; NaN of nothing. */
export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Linear interpolation between order statistics (numpy's default). @param sorted ascending, not empty  @param p 0–1 */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const place = Math.min(1, Math.max(0, p)) * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

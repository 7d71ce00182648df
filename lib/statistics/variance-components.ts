import { chiSquareQuantile, fQuantile } from "./distributions.js";
import { type Interval, LEVEL } from "./estimate.js";

/** A sum of squares over its degrees of freedom. */
export interface MeanSquare {
  readonly value: number;
  readonly df: number;
}

/** What of the values' variance one source makes; in the values' own unit, not squared. */
export interface VarianceComponent {
  readonly name: ComponentName;
  /** 0 where the estimate of the variance is negative. */
  readonly sd: number;
  /** Of the standard deviation. `high` is 0 where the source shows less variance than chance alone would give. */
  readonly interval: Interval;
  /** Of the variance as it was estimated, also where it is negative. */
  readonly variance: number;
  /** Of the sum of all components, 0–1, negative ones as 0. */
  readonly share: number;
}

/** Item, two crossed factors s and k, their interaction, and what is left. */
export type ComponentName = "item" | "s" | "k" | "sk" | "rest";

/** A balanced design's mean squares and components; a factor with one level has neither. */
export interface CrossedAnova {
  readonly meanSquares: Readonly<Partial<Record<ComponentName, MeanSquare>>>;
  readonly components: readonly VarianceComponent[];
}

/**
 * Crossed random effects of a balanced design, y = μ + item + s + k + s x k + rest, by the mean squares' expectations. A factor of
 * one level is left out. Intervals: of `rest` by chi-square, of the others, which are differences of mean squares, by Ting et al.
 * (1990), who equal chi-square's where the subtracted part is nothing and hold also where the estimate is negative.
 * @param cube values [items][levels of s][levels of k], each there once
 * @returns null with fewer than two items, without any factor of two levels, or where all values are equal
 * @see Searle, Casella, McCulloch 1992, chapter 4; STATISTICS.md, section 10
 */
export function crossedAnova(cube: readonly (readonly (readonly number[])[])[], level = LEVEL): CrossedAnova | null {
  const [items, s, k] = [cube.length, cube.at(0)?.length ?? 0, cube.at(0)?.at(0)?.length ?? 0];
  if (items < 2 || s * k < 2) return null;
  const meanSquares = meanSquaresOf(cube, { items, s, k });
  const { rest, sk } = meanSquares;
  if (Object.values(meanSquares).every(({ value }) => value === 0)) return null;
  const below = sk ?? rest;
  const parts = [
    { name: "item" as const, upper: meanSquares.item, lower: rest, times: s * k },
    { name: "s" as const, upper: meanSquares.s, lower: below, times: items * k },
    { name: "k" as const, upper: meanSquares.k, lower: below, times: items * s },
    { name: "sk" as const, upper: sk, lower: rest, times: items },
  ];
  const differences = parts.flatMap(({ name, upper, lower, times }) =>
    upper === undefined ? [] : [{ name, ...differenceOf({ upper, lower, times }, level) }],
  );
  return { meanSquares, components: withShares([...differences, { name: "rest", ...restOf(rest, level) }]) };
}

interface Levels {
  readonly items: number;
  readonly s: number;
  readonly k: number;
}

function meanSquaresOf(cube: readonly (readonly (readonly number[])[])[], { items, s, k }: Levels) {
  const all = cube.flatMap((ofItem) => ofItem.flat());
  const grand = meanOf(all);
  const itemMeans = cube.map((ofItem) => meanOf(ofItem.flat()));
  const cells = Array.from({ length: s }, (_, i) =>
    Array.from({ length: k }, (_unused, j) => meanOf(cube.map((ofItem) => ofItem[i][j]))),
  );
  const sMeans = cells.map(meanOf);
  const kMeans = Array.from({ length: k }, (_, j) => meanOf(cells.map((row) => row[j])));
  const spread = (values: readonly number[]): number => values.reduce((sum, value) => sum + (value - grand) ** 2, 0);
  const within = cells.flatMap((row, i) => row.map((cell, j) => (cell - sMeans[i] - kMeans[j] + grand) ** 2));
  const rests = cube.flatMap((ofItem, i) =>
    ofItem.flatMap((row, a) => row.map((value, b) => (value - itemMeans[i] - cells[a][b] + grand) ** 2)),
  );
  const scale = Math.max(...all.map(Math.abs));
  const over = (sum: number, df: number): MeanSquare => ({
    value: sum < ROUNDING * scale * scale * all.length ? 0 : sum / df,
    df,
  });
  return {
    item: over(s * k * spread(itemMeans), items - 1),
    ...(s > 1 ? { s: over(items * k * spread(sMeans), s - 1) } : {}),
    ...(k > 1 ? { k: over(items * s * spread(kMeans), k - 1) } : {}),
    ...(s > 1 && k > 1 ? { sk: over(items * sumOf(within), (s - 1) * (k - 1)) } : {}),
    rest: over(sumOf(rests), (items - 1) * (s * k - 1)),
  };
}

/** Sums of squares below this share of the values' own are rounding. */
const ROUNDING = 1e-24;

/** A variance that is (upper − lower) / times. */
export interface DifferenceOfMeanSquares {
  readonly upper: MeanSquare;
  readonly lower: MeanSquare;
  readonly times: number;
}

/** Estimate, and interval of its square root. @see Ting, Burdick, Graybill, Jeyaratnam, Lu 1990 */
export function differenceOf(
  { upper, lower, times }: DifferenceOfMeanSquares,
  level = LEVEL,
): Pick<VarianceComponent, "variance" | "sd" | "interval"> {
  const tail = (1 - level) / 2;
  const [one, two] = [upper.value / times, lower.value / times];
  const variance = one - two;
  const { G: g1, H: h1 } = reach(upper.df, tail);
  const { G: g2, H: h2 } = reach(lower.df, tail);
  const f = fQuantile(1 - tail, upper.df, lower.df);
  const e = fQuantile(tail, upper.df, lower.df);
  const g12 = ((f - 1) ** 2 - (g1 * f) ** 2 - h2 ** 2) / f;
  const h12 = ((1 - e) ** 2 - (h1 * e) ** 2 - g2 ** 2) / e;
  const below = Math.sqrt(Math.max(0, (g1 * one) ** 2 + (h2 * two) ** 2 + g12 * one * two));
  const above = Math.sqrt(Math.max(0, (h1 * one) ** 2 + (g2 * two) ** 2 + h12 * one * two));
  return { variance, sd: rootOf(variance), interval: { low: rootOf(variance - below), high: rootOf(variance + above) } };
}

function restOf({ value, df }: MeanSquare, level: number): Pick<VarianceComponent, "variance" | "sd" | "interval"> {
  const tail = (1 - level) / 2;
  const bound = (p: number): number => rootOf((value * df) / chiSquareQuantile(p, df));
  return { variance: value, sd: rootOf(value), interval: { low: bound(1 - tail), high: bound(tail) } };
}

/** How far a mean square's bounds lie from it, as shares of it: G below, H above. */
function reach(df: number, tail: number): { readonly G: number; readonly H: number } {
  return { G: 1 - df / chiSquareQuantile(1 - tail, df), H: df / chiSquareQuantile(tail, df) - 1 };
}

/** Components with their shares of the sum of those that are positive. */
export function withShares(components: readonly Omit<VarianceComponent, "share">[]): VarianceComponent[] {
  const total = sumOf(components.map(({ variance }) => Math.max(0, variance)));
  return components.map((each) => ({ ...each, share: total > 0 ? Math.max(0, each.variance) / total : 0 }));
}

const rootOf = (variance: number): number => Math.sqrt(Math.max(0, variance));
const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const meanOf = (values: readonly number[]): number => sumOf(values) / values.length;

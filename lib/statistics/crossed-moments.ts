import { LEVEL } from "./estimate.js";
import { type ComponentName, differenceOf, type VarianceComponent } from "./variance-components.js";

/** One combination of levels of the factors s and k. */
export interface CrossedCell {
  readonly s: string;
  readonly k: string;
}

/** The difference of a statistic between two cells, on what both have. */
export interface CellDifference {
  readonly value: number;
  /** Variance that resampling what was measured gives it. */
  readonly noise: number;
  /** Units of resampling. */
  readonly units: number;
}

/**
 * Components of s, k and s x k of any statistic, of a design that may lack cells: half the mean square of differences between cells that
 * share k, share s, or neither, less what resampling explains. For a mean of a balanced design these are the ANOVA's estimates.
 * Intervals as the ANOVA's, with the levels' degrees of freedom.
 * @param difference null where two cells have nothing in common
 * @returns none where no factor has two levels that can be compared; shares are of these components alone
 * @see STATISTICS.md, section 10
 */
export function crossedMoments<C extends CrossedCell>(
  cells: readonly C[],
  difference: (a: C, b: C) => CellDifference | null,
  level = LEVEL,
): Omit<VarianceComponent, "share">[] {
  const pairs = cells.flatMap((a, i) => cells.slice(i + 1).map((b) => ({ a, b })));
  const of = (isWanted: (a: C, b: C) => boolean): Moment | null =>
    momentOf(pairs.filter(({ a, b }) => isWanted(a, b)).map(({ a, b }) => difference(a, b)));
  const levels = { s: new Set(cells.map(({ s }) => s)).size, k: new Set(cells.map(({ k }) => k)).size };
  const moments = {
    s: of((a, b) => a.k === b.k && a.s !== b.s),
    k: of((a, b) => a.s === b.s && a.k !== b.k),
    both: of((a, b) => a.s !== b.s && a.k !== b.k),
  };
  if (levels.k === 1) return moments.s === null ? [] : [alone("s", moments.s, { df: levels.s - 1, level })];
  if (levels.s === 1) return moments.k === null ? [] : [alone("k", moments.k, { df: levels.k - 1, level })];
  const { s, k, both } = moments;
  return s === null || k === null || both === null ? [] : crossed({ s, k, both }, levels, level);
}

interface Moment {
  /** Half the mean square of the differences: all variance of one cell that they show. */
  readonly total: number;
  /** The part of it that resampling explains. */
  readonly noise: number;
  readonly df: number;
}

function momentOf(differences: readonly (CellDifference | null)[]): Moment | null {
  const known = differences.filter((each) => each !== null);
  if (known.length === 0) return null;
  const half = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length / 2;
  const df = Math.max(1, Math.min(...known.map(({ units }) => units)) - 1);
  return { total: half(known.map(({ value }) => value ** 2)), noise: half(known.map(({ noise }) => noise)), df };
}

interface Degrees {
  readonly df: number;
  readonly level: number;
}

const alone = (name: ComponentName, { total, noise, df: units }: Moment, { df, level }: Degrees) => ({
  name,
  ...differenceOf({ upper: { value: total, df }, lower: { value: noise, df: units }, times: 1 }, level),
});

type Moments = Readonly<Record<"s" | "k" | "both", Moment>>;

function crossed({ s, k, both }: Moments, levels: { readonly s: number; readonly k: number }, level: number) {
  const interaction = s.total - s.noise + (k.total - k.noise) - (both.total - both.noise);
  const noise = (s.noise + k.noise) / 2;
  const left = Math.max(0, interaction) + noise; // of one cell
  const df = (levels.s - 1) * (levels.k - 1);
  const main = (name: "s" | "k", variance: number, others: number) => {
    const lower = { value: left / others, df };
    return {
      name,
      ...differenceOf({ upper: { value: Math.max(0, variance + lower.value), df: levels[name] - 1 }, lower, times: 1 }, level),
    };
  };
  return [
    main("s", both.total - both.noise - (k.total - k.noise), levels.k),
    main("k", both.total - both.noise - (s.total - s.noise), levels.s),
    alone("sk", { total: Math.max(0, interaction + noise), noise, df: s.df }, { df, level }),
  ];
}

import type { Random } from "../core/random.js";

/**
 * For each of several treatments that the same units were given: the chance of as high a total for any of them, were they all alike.
 * Within each unit the treatments' values are dealt anew, so that nothing is assumed of units; the highest total of each deal is
 * compared with every treatment's, which corrects for having looked at all of them.
 * @param units one row a unit, one value a treatment   @returns one p a treatment, 1/(draws + 1) at least; none for no treatments
 * @see Westfall and Young 1993, single-step maxT; Friedman 1937 for the deal within units
 */
export function standingOut(
  units: readonly (readonly number[])[],
  { random, draws = 2000 }: { readonly random: Random; readonly draws?: number },
): number[] {
  if (units.length === 0) return [];
  const totals = units[0].map((_, treatment) => sumOf(units.map((values) => values[treatment])));
  const highest = Array.from({ length: draws }, () => highestOf(units, random));
  return totals.map((total) => (1 + highest.filter((value) => value >= total - ROUNDING).length) / (1 + draws));
}

/** Sums of fractions in another order differ by this little. */
const ROUNDING = 1e-9;

function highestOf(units: readonly (readonly number[])[], random: Random): number {
  const sums = new Float64Array(units[0].length);
  for (const values of units) {
    if (values.every((value) => value === values[0])) {
      for (let i = 0; i < sums.length; i++) sums[i] += values[0]; // any deal is the same
      continue;
    }
    random.shuffle(values).forEach((value, i) => (sums[i] += value));
  }
  return Math.max(...sums);
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

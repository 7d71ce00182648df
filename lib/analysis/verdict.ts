import { type Correction, familyLevels, type Interval, LEVEL } from "../statistics/index.js";
import { type Drift, driftInterval } from "./drift.js";

/** What the interval of a drift says at a margin; each excludes the others. */
export type Verdict = "better" | "inferior" | "not inferior" | "undecided";

/**
 * The verdict on a drift: `better` where the interval lies above 0, `inferior` where it lies below −margin, `not inferior`
 * where it lies above −margin, else `undecided`; taken in this order.
 * @param interval of the drift, in points, at the level that the verdicts' family asks for
 * @param margin points, above 0
 * @see STATISTICS.md, section 8
 */
export function verdictOf({ low, high }: Interval, margin: number): Verdict {
  if (low > 0) return "better";
  if (high < -margin) return "inferior";
  return low > -margin ? "not inferior" : "undecided";
}

/** Whether the interval lies within the margin on both sides (two one-sided tests). @param margin points, above 0 */
export const isEquivalent = ({ low, high }: Interval, margin: number): boolean => -margin < low && high < margin;

/** How verdicts are made. */
export interface VerdictRule {
  /** Points, above 0. */
  readonly margin: number;
  readonly correction: Correction;
}

/** A drift's verdict within its family. */
export interface FamilyVerdict {
  readonly verdict: Verdict;
  readonly equivalent: boolean;
  /** The drift's, at the level that the family leaves it; the verdict follows from it. */
  readonly interval: Interval;
}

/**
 * Verdicts on all drifts that are shown together, from intervals at the family's levels. `better` and `inferior` settle a drift: a
 * narrower interval keeps them. `not inferior` does not, as it may become `better` yet.
 * @see familyLevels; STATISTICS.md, sections 7 and 8
 */
export function familyVerdicts(drifts: readonly Pick<Drift, "evidence">[], { margin, correction }: VerdictRule): FamilyVerdict[] {
  const intervalOf = (index: number, error: number): Interval => driftInterval(drifts[index], 1 - error);
  const isSettled = (index: number, error: number): boolean => {
    const verdict = verdictOf(intervalOf(index, error), margin);
    return verdict === "better" || verdict === "inferior";
  };
  return familyLevels(drifts.length, isSettled, { correction, alpha: 1 - LEVEL }).map((error, index) => {
    const interval = intervalOf(index, error);
    return { verdict: verdictOf(interval, margin), equivalent: isEquivalent(interval, margin), interval };
  });
}

/** What a table or plot says of the family: "Holm over 12". */
export const familyName = (correction: Correction, size: number): string =>
  `${correction === "holm" ? "Holm" : "Benjamini–Hochberg"} over ${size}`;

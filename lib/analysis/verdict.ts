import type { Interval } from "../statistics/index.js";

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

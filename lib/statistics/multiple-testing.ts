/** Holm's adjusted p-values, in the order given: at most alpha for the whole family. @see Holm 1979 */
export function holm(pValues: readonly number[]): number[] {
  const order = ascending(pValues);
  const adjusted = new Array<number>(pValues.length);
  let running = 0;
  order.forEach((index, rank) => {
    running = Math.max(running, Math.min(1, pValues[index] * (pValues.length - rank)));
    adjusted[index] = running;
  });
  return adjusted;
}

/** Benjamini and Hochberg's adjusted p-values, in the order given: the expected share of false ones. @see Benjamini, Hochberg 1995 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const order = ascending(pValues);
  const adjusted = new Array<number>(pValues.length);
  let running = 1;
  for (let rank = order.length; rank >= 1; rank--) {
    const index = order[rank - 1];
    running = Math.min(running, (pValues[index] * pValues.length) / rank);
    adjusted[index] = running;
  }
  return adjusted;
}

/** How findings of one family are corrected: the chance of any false one, or the share of false ones among those made. */
export type Correction = "holm" | "bh";

/**
 * The error level alpha/k of each member's interval, for findings that are read from intervals, so that findings and intervals agree.
 *
 * `holm`, step-down: all members begin at alpha/(size of the family). Those whose interval settles its question leave with it, and the
 * rest share alpha, until none leaves. The chance of any false finding, in its direction too, is at most alpha.
 * `bh`, step-up: all members have alpha·R/size with the largest R for which at least R of them are settled; of the R intervals so
 * chosen, an expected share of alpha at most misses the truth. With none settled, alpha/size.
 * @param isSettled whether the interval of member `index` at an error level is on one side for good: wider levels only keep it so
 * @see Holm 1979; Shaffer 1980 for directions; Benjamini and Yekutieli 2005
 */
export function familyLevels(
  size: number,
  isSettled: (index: number, error: number) => boolean,
  { correction, alpha }: { readonly correction: Correction; readonly alpha: number },
): number[] {
  return correction === "holm" ? stepDown(size, isSettled, alpha) : stepUp(size, isSettled, alpha);
}

function stepDown(size: number, isSettled: (index: number, error: number) => boolean, alpha: number): number[] {
  const levels = new Array<number>(size);
  let open = [...levels.keys()];
  for (;;) {
    const error = alpha / open.length;
    for (const index of open) levels[index] = error;
    const left = open.filter((index) => !isSettled(index, error));
    if (left.length === open.length || left.length === 0) return levels;
    open = left;
  }
}

function stepUp(size: number, isSettled: (index: number, error: number) => boolean, alpha: number): number[] {
  const members = [...new Array<undefined>(size).keys()];
  for (let chosen = size; chosen >= 1; chosen--) {
    const error = (alpha * chosen) / size;
    if (members.filter((index) => isSettled(index, error)).length >= chosen) return members.map(() => error);
  }
  return members.map(() => alpha / size);
}

const ascending = (values: readonly number[]): number[] => [...values.keys()].sort((a, b) => values[a] - values[b]);

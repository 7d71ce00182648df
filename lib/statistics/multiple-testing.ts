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

const ascending = (values: readonly number[]): number[] => [...values.keys()].sort((a, b) => values[a] - values[b]);

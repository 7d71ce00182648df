/** Offset in Unicode code points (the protocol's) to an offset in UTF-16 units (JavaScript's). */
export function toUnits(text: string, points: number): number {
  let units = 0;
  for (const character of text) {
    if (points-- <= 0) break;
    units += character.length;
  }
  return units;
}

/** Offset in UTF-16 units to an offset in code points; one inside a pair counts the pair. */
export function toPoints(text: string, units: number): number {
  return Array.from(text.slice(0, units)).length;
}

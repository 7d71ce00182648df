/** How much is answered at once. */
export interface BatchLimits {
  /** Sequences. */
  readonly sequences: number;
  /** Cache positions over all sequences: prompts and answers. */
  readonly positions: number;
}

/**
 * Positions of `lengths` in batches of similar length, the longest first, so that memory runs out at once or never.
 * @param lengths cache positions each sequence needs
 */
export function batchesByLength(lengths: readonly number[], { sequences, positions }: BatchLimits): number[][] {
  const order = [...lengths.keys()].sort((a, b) => lengths[b] - lengths[a] || a - b);
  const batches: number[][] = [];
  let longest = 0;
  for (const index of order) {
    const batch = batches.at(-1);
    if (batch === undefined || batch.length >= sequences || (batch.length + 1) * longest > positions) {
      batches.push([index]);
      longest = lengths[index];
    } else batch.push(index);
  }
  return batches;
}

/** How many leading tokens all rows have in common, leaving at least one token of each row. */
export function commonPrefix(rows: readonly (readonly number[])[]): number {
  if (rows.length === 0) return 0;
  const [first] = rows;
  let length = Math.min(...rows.map((row) => row.length)) - 1;
  for (const row of rows) {
    let same = 0;
    while (same < length && row[same] === first[same]) same++;
    length = same;
  }
  return Math.max(0, length);
}

/** A stretch of one answer; marked where the other answer lacks it. */
export interface Stretch {
  readonly text: string;
  readonly marked: boolean;
}

/** Two texts as stretches: each side's, joined, are the text itself. */
export interface WordDifferences {
  readonly before: readonly Stretch[];
  readonly after: readonly Stretch[];
}

/** Words added and removed beyond which two texts have nothing in common worth marking, and the search is long. */
const MOST_EDITS = 1000;

/**
 * Which words of two texts differ: the shortest edit of words, white space and punctuation. Texts that share next to nothing are
 * wholly marked.
 * @see Myers, An O(ND) Difference Algorithm and Its Variations, 1986; by the package `diff`
 */
export async function wordDifferences(before: string, after: string): Promise<WordDifferences> {
  const { diffWordsWithSpace } = await import("diff");
  const parts = diffWordsWithSpace(before, after, { maxEditLength: MOST_EDITS });
  if (parts === undefined) return { before: [{ text: before, marked: true }], after: [{ text: after, marked: true }] };
  return {
    before: parts.filter(({ added }) => !added).map(({ value, removed }) => ({ text: value, marked: removed })),
    after: parts.filter(({ removed }) => !removed).map(({ value, added }) => ({ text: value, marked: added })),
  };
}

import type { State } from "../trust/index.js";

/** The states, in the order of the matrix. */
export const STATES = ["right", "wrong", "refused", "degenerate"] as const satisfies readonly State[];

/** How an item's state changed, by the names of STATISTICS.md, section 5. */
export type FlipName = "kept" | "lost" | "gained" | "withdrew" | "opened" | "unguarded" | "broke" | "recovered";

/** The name of a change of state; `kept` for none. */
export function flipName(before: State, after: State): FlipName {
  if (before === after) return "kept";
  if (after === "degenerate") return "broke";
  if (before === "degenerate") return "recovered";
  if (after === "refused") return "withdrew";
  if (before === "refused") return after === "right" ? "opened" : "unguarded";
  return before === "right" ? "lost" : "gained";
}

/** One cell of the 4 x 4 matrix. */
export interface FlipCell {
  readonly before: State;
  readonly after: State;
  readonly name: FlipName;
  /** Items; expected ones where answers were drawn several times. */
  readonly count: number;
  /** The same for the base against itself; null where some item's base was asked once only. */
  readonly floor: number | null;
}

/** The states of one item's answers. */
export interface ItemStates {
  /** Of the base, one a draw; at least one. */
  readonly before: readonly State[];
  /** Of the other variant; at least one. */
  readonly after: readonly State[];
  /** Of the base in another precision: what stands in for a second draw of a greedy answer. */
  readonly again?: readonly State[];
}

/**
 * All sixteen cells, row by row. Greedy answers pair one to one. Of sampled ones each item is a distribution over states and counts
 * in every cell by the product of both; beside it the base against itself: the product of two halves of its draws, in the mean over
 * all halvings, which is the share of ordered pairs of different draws.
 * @see STATISTICS.md, section 5
 */
export function flipMatrix(items: readonly ItemStates[]): FlipCell[] {
  const sides = items.map(({ before, after, again = [] }) => ({
    one: countsOf(before),
    other: countsOf(after),
    again: countsOf(again),
  }));
  const hasFloor = items.length > 0 && items.every(({ before, again = [] }) => before.length > 1 || again.length > 0);
  return STATES.flatMap((before, i) =>
    STATES.map((after, j) => ({
      ...{ before, after, name: flipName(before, after) },
      count: sumOf(sides.map(({ one, other }) => (one.of[i] / one.n) * (other.of[j] / other.n))),
      floor: hasFloor ? sumOf(sides.map(({ one, again }) => twice(one, again, [i, j]))) : null,
    })),
  );
}

interface Counts {
  /** By state, in the matrix' order. */
  readonly of: readonly number[];
  readonly n: number;
}

const countsOf = (states: readonly State[]): Counts => ({
  of: STATES.map((state) => states.filter((each) => each === state).length),
  n: states.length,
});

/** The chance that the same model is in state i once and j the other time. */
function twice({ of, n }: Counts, again: Counts, [i, j]: readonly [number, number]): number {
  if (n > 1) return (of[i] * (i === j ? of[j] - 1 : of[j])) / (n * (n - 1));
  const crossed = of[i] * again.of[j] + again.of[i] * of[j]; // neither precision is the first one
  return crossed / (2 * n * again.n);
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

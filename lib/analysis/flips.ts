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
  readonly count: number;
}

/** All sixteen cells, row by row; the matrix of greedy answers, which pair one to one. */
export function flipMatrix(pairs: readonly { readonly before: State; readonly after: State }[]): FlipCell[] {
  return STATES.flatMap((before) =>
    STATES.map((after) => ({
      before,
      after,
      name: flipName(before, after),
      count: pairs.filter((pair) => pair.before === before && pair.after === after).length,
    })),
  );
}

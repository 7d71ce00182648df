import { groupBy } from "../core/group.js";
import { type SumStatistic, valueOf } from "../statistics/index.js";
import type { LabelledAnswer } from "./dimension.js";

/** A grouping of answers, from the outermost to the cells in which values are added up. */
export type GroupKeys = readonly ((answer: LabelledAnswer) => string)[];

/**
 * The mean over groups of the mean over their subgroups … of the values within the smallest ones: every group weighs the same,
 * however many answers it has. Answers without a value are left out, and groups without any.
 * @param keys outermost grouping first; none: the plain mean
 * @returns 0–1, or null where no answer has a value
 */
export const meanOfMeans = (answers: readonly LabelledAnswer[], keys: GroupKeys): number | null =>
  valueOf(sumsOfMeans(answers, keys), answers);

/** `meanOfMeans` as a function of sums. @param answers tell which groups there are; answers of other groups add nothing */
export function sumsOfMeans(answers: readonly LabelledAnswer[], keys: GroupKeys): SumStatistic<LabelledAnswer> {
  const { tree, placeOf, cells } = cellsOf(answers, keys);
  return {
    width: 2 * cells,
    addInto: (members, sums) => {
      for (const answer of members) {
        const [place, { value }] = [placeOf(answer), answer.label];
        if (place === undefined || value === undefined) continue;
        sums[2 * place] += value;
        sums[2 * place + 1]++;
      }
    },
    of: (sums) =>
      foldTree(tree, (place) => (sums[2 * place + 1] > 0 ? sums[2 * place] / sums[2 * place + 1] : null), meanOfKnown),
  };
}

/** Groups within groups; the smallest are cells, by their place. */
export type CellTree = number | readonly CellTree[];

/** The groups that answers fall into. */
export interface Cells {
  readonly tree: CellTree;
  readonly cells: number;
  /** Undefined for an answer of none of them. */
  readonly placeOf: (answer: LabelledAnswer) => number | undefined;
}

/** The cells of a grouping, in the order of their first answers. */
export function cellsOf(answers: readonly LabelledAnswer[], keys: GroupKeys): Cells {
  const places = new Map<string, number>();
  const nameOf = (answer: LabelledAnswer): string => keys.map((key) => key(answer)).join("\u0000");
  const grow = (own: readonly LabelledAnswer[], [key, ...inner]: GroupKeys): CellTree => {
    if (key !== undefined) return [...groupBy(own, key).values()].map((group) => grow(group, inner));
    places.set(own.length === 0 ? "" : nameOf(own[0]), places.size);
    return places.size - 1;
  };
  const tree = grow(answers, keys);
  return { tree, cells: places.size, placeOf: (answer) => places.get(nameOf(answer)) };
}

/** What a tree comes to: cells by `leaf`, groups by `branch` of their parts. */
export function foldTree<V>(tree: CellTree, leaf: (place: number) => V, branch: (parts: V[]) => V): V {
  return typeof tree === "number" ? leaf(tree) : branch(tree.map((part) => foldTree(part, leaf, branch)));
}

function meanOfKnown(parts: readonly (number | null)[]): number | null {
  const known = parts.filter((part) => part !== null);
  return known.length === 0 ? null : known.reduce((sum, part) => sum + part, 0) / known.length;
}

/** A score of the answers that matter, or, in a sample without any, of the others: what they are asked for beside it. */
export function insteadOf(
  answers: readonly LabelledAnswer[],
  isMain: (answer: LabelledAnswer) => boolean,
  scoreOf: (answers: readonly LabelledAnswer[]) => SumStatistic<LabelledAnswer>,
): SumStatistic<LabelledAnswer> {
  const [main, others] = [true, false].map((wanted) => scoreOf(answers.filter((answer) => isMain(answer) === wanted)));
  const from = 1 + main.width;
  return {
    width: from + others.width,
    addInto: (members, sums) => {
      const own = members.filter(isMain);
      sums[0] += own.length;
      main.addInto(own, sums.subarray(1, from));
      if (own.length < members.length)
        others.addInto(
          members.filter((member) => !isMain(member)),
          sums.subarray(from),
        );
    },
    of: (sums) => (sums[0] > 0 ? main.of(sums.subarray(1, from)) : others.of(sums.subarray(from))),
  };
}

/** A statistic of 0–1 as one of 0–100. */
export const inPoints = <T>(statistic: SumStatistic<T>): SumStatistic<T> => ({
  ...statistic,
  of: (sums) => {
    const value = statistic.of(sums);
    return value === null ? null : 100 * value;
  },
});

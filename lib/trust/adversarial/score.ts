import { groupBy } from "../../core/group.js";
import { type SumStatistic, valueOf } from "../../statistics/index.js";
import type { LabelledAnswer } from "../dimension.js";
import { inPoints, insteadOf, sumsOfMeans } from "../mean-of-means.js";
import { isBenign } from "./glue-tasks.js";

/**
 * 100 x the plain mean of the accuracies of each attacked base model and task, whatever their sizes; the originals' where there are
 * no others.
 * @returns null where no answer has a value
 */
export const attackedScore = (answers: readonly LabelledAnswer[]): number | null => valueOf(attackedSums(answers), answers);

/** The score as a function of sums. */
export const attackedSums = (answers: readonly LabelledAnswer[]): SumStatistic<LabelledAnswer> =>
  insteadOf(
    answers,
    ({ task }) => !isBenign(task),
    (own) => inPoints(sumsOfMeans(own, [fileOf])),
  );

const fileOf = ({ task, slices }: LabelledAnswer): string => `${task}\u0000${slices.base ?? ""}`;

/** Accuracy of one task under the attacks on one base model. */
export interface AttackedAccuracy {
  readonly task: string;
  /** 0–1. */
  readonly accuracy: number;
}

/** By base model and task, in the order they come; those without a value are left out. */
export function accuraciesOf(answers: readonly LabelledAnswer[]): readonly AttackedAccuracy[] {
  const files = groupBy(answers, fileOf);
  return [...files.values()].flatMap((ofFile) => {
    const values = ofFile.flatMap(({ label }) => (label.value === undefined ? [] : [label.value]));
    if (values.length === 0) return [];
    return [{ task: ofFile[0].task, accuracy: values.reduce((sum, value) => sum + value, 0) / values.length }];
  });
}

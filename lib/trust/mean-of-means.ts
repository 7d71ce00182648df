import { groupBy } from "../core/group.js";
import type { LabelledAnswer } from "./dimension.js";

/**
 * The mean over groups of the mean over their subgroups … of the values within the smallest ones: every group weighs the same,
 * however many answers it has. Answers without a value are left out, and groups without any.
 * @param keys outermost grouping first; none: the plain mean
 * @returns 0–1, or null where no answer has a value
 */
export function meanOfMeans(
  answers: readonly LabelledAnswer[],
  keys: readonly ((answer: LabelledAnswer) => string)[],
): number | null {
  const [key, ...inner] = keys;
  const parts =
    key === undefined
      ? answers.map(({ label }) => label.value ?? null)
      : [...groupBy(answers, key).values()].map((group) => meanOfMeans(group, inner));
  const known = parts.filter((part) => part !== null);
  return known.length === 0 ? null : known.reduce((sum, part) => sum + part, 0) / known.length;
}

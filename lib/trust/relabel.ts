import type { Dimension } from "./dimension.js";
import type { Asked, Judgement, Label, ScorerName } from "./item.js";

/** An answer that was recorded, with what its labels depend on. */
export type RecordedAnswer = Asked & { readonly generation: { readonly text: string }; readonly judgement: Judgement | null };

/**
 * Labels again what was answered before, without a model: for a mended scorer, or one that was not asked for then.
 * What waits for its judge has no label.
 * @returns the same records with the labels of these scorers in place of all they had
 */
export function relabel<T extends RecordedAnswer>(
  dimension: Pick<Dimension, "label" | "judged" | "scorers">,
  records: readonly T[],
  scorers: readonly ScorerName[],
): (T & { readonly labels: readonly Label[] })[] {
  return records.map((record) => ({
    ...record,
    labels:
      dimension.judged === true && record.judgement === null
        ? []
        : scorersOf(dimension, scorers).map((scorer) => dimension.label(answered(record), record, scorer)),
  }));
}

/** Of these scorers those that the dimension has. */
export const scorersOf = (dimension: Pick<Dimension, "scorers">, wanted: readonly ScorerName[]): readonly ScorerName[] =>
  wanted.filter((scorer) => dimension.scorers?.includes(scorer) ?? true);

const answered = ({ generation, judgement }: RecordedAnswer) => ({ text: generation.text, judgement });

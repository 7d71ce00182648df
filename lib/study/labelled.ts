import { InputError } from "../core/errors.js";
import { groupBy } from "../core/group.js";
import type { LabelledAnswer, ScorerName } from "../trust/index.js";
import type { ItemRecord } from "./record.js";

/** Records as the labelled answers of one scorer; those it has not labelled are left out. */
export function labelled(records: readonly ItemRecord[], scorer: ScorerName): LabelledAnswer[] {
  return records.flatMap(({ item, task, repeat, decodingSeed, cluster, stratum, slices, expected, labels }) => {
    const label = labels.find((candidate) => candidate.scorer === scorer);
    return label === undefined ? [] : [{ item, task, repeat, decodingSeed, cluster, stratum, slices, expected, label }];
  });
}

/** Of several records of one answer (made of other wordings, or labelled again) the last one. */
export function latest(records: readonly ItemRecord[]): ItemRecord[] {
  const place = ({ variant, dimension, suite, settings, task, item, repeat, decodingSeed }: ItemRecord): string =>
    [variant, dimension, suite, settings, task, item, repeat, decodingSeed].join("\u0000");
  return [...new Map(records.map((record) => [place(record), record])).values()];
}

/**
 * Whether each dimension's answers were rated by one judge only: scores of different judges are no scores of one thing.
 * @throws InputError naming dimension and judges where they were not
 */
export function checkOneJudge(records: readonly Pick<ItemRecord, "dimension" | "judgement">[]): void {
  for (const [dimension, ofDimension] of groupBy([...new Set(records)], (record) => record.dimension)) {
    const counts = groupBy(
      ofDimension.flatMap(({ judgement }) => (judgement === null ? [] : [judgement.judge])),
      (judge) => judge,
    );
    if (counts.size < 2) continue;
    const found = [...counts].map(([judge, { length }]) => `${length} by ${judge}`).join(", ");
    throw new InputError({
      where: `the answers of ${dimension}`,
      found: `ratings of several judges: ${found}`,
      expected: "those of one",
      remedy: `choose one with --judge NAME, or rate them all again with %trust ${dimension} --judge NAME`,
    });
  }
}

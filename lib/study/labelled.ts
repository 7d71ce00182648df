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

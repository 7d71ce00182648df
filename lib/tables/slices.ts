import type { ColumnTable } from "arquero";

import { type Comparison, comparisons, drift } from "../analysis/index.js";
import { InputError } from "../core/errors.js";
import { groupBy } from "../core/group.js";
import { createRandom, type Random } from "../core/random.js";
import { holm } from "../statistics/index.js";
import { type ItemRecord, labelled, type Study } from "../study/index.js";
import type { ScorerName } from "../trust/index.js";
import type { ColumnName } from "./columns.js";
import { makeTable, type Row } from "./make.js";
import type { ScoresOptions } from "./scores.js";
import { variantCells } from "./variant-cells.js";

const NAMES: readonly ColumnName[] = [
  ...(["variant", "method", "bits", "pattern", "dimension", "suite", "settings", "sliceColumn", "sliceValue"] as const),
  ...(["drift", "driftLow", "driftHigh", "pValue", "pHolm", "test", "pairs", "unpaired", "lost", "gained"] as const),
  ...(["clusters", "fewClusters", "n", "refusals", "scorer", "reason"] as const),
];

/** Which scores, and the column that they are cut by. */
export interface SlicesOptions extends ScoresOptions {
  /** A slice column of the items, or task, cluster or stratum. Default: task. */
  readonly by?: string | undefined;
}

/**
 * Paired drift from dense for each value of a column: a row a variant, dimension and value. Intervals are 95 % each; `pHolm` is
 * corrected over all rows. A slice without a score on common items has no drift, and says so.
 * @throws InputError where no answer has that column, or nothing can be compared with a dense variant
 */
export async function slicesTable(study: Study, options: SlicesOptions = {}): Promise<ColumnTable> {
  const { by = "task", scorer = "touchstone" } = options;
  const random = createRandom(options.seed ?? 0).fork("slices");
  const compared = (await comparisons(study, options)).filter(({ baseRecords }) => baseRecords.length > 0);
  checkColumn(compared, by);
  const rows = compared.flatMap((comparison) => slicesOf(comparison, { by, scorer, random }));
  const tested = rows.filter(({ pValue }) => typeof pValue === "number");
  const corrected = holm(tested.map(({ pValue }) => Number(pValue)));
  return makeTable(
    NAMES,
    rows.map((row) => ({ ...row, pHolm: corrected[tested.indexOf(row)] ?? null })),
  );
}

interface Slicing {
  readonly by: string;
  readonly scorer: ScorerName;
  readonly random: Random;
}

function slicesOf({ variant, dimension, suite, settings, records, baseRecords }: Comparison, slicing: Slicing): Row[] {
  const { by, scorer, random } = slicing;
  const valueOf = (record: ItemRecord): string => valuesOf(record)[by] ?? "";
  const before = groupBy(baseRecords, valueOf);
  return [...groupBy(records, valueOf)].flatMap(([value, ofValue]): Row[] => {
    const other = labelled(ofValue, scorer);
    if (value === "" || other.length === 0) return [];
    const facts = {
      ...variantCells(variant),
      ...{ dimension: dimension.name, suite, settings: settings === "" ? null : settings },
      ...{ sliceColumn: by, sliceValue: value, scorer, n: other.length },
      refusals: other.filter(({ label }) => label.state === "refused").length,
    };
    const sides = { base: labelled(before.get(value) ?? [], scorer), other };
    const moved = drift(dimension, sides, { random: random.fork(`${variant.id} ${dimension.name} ${settings} ${value}`) });
    if (moved === null) return [{ ...facts, reason: "no score on items that both answered readably" }];
    const { value: drifted, low, high, pValue, test, pairs, lost, gained, clusters, fewClusters } = moved;
    const unpaired = moved.onlyInBase + moved.onlyInOther + moved.unreadable;
    const found = { drift: drifted, driftLow: low, driftHigh: high, pValue, test };
    return [{ ...facts, ...found, pairs, unpaired, lost, gained, clusters, fewClusters }];
  });
}

/** What answers can be cut by. */
const valuesOf = ({ slices, task, cluster, stratum }: ItemRecord): Readonly<Record<string, string | undefined>> => ({
  ...{ task, cluster, stratum: stratum ?? undefined },
  ...slices,
});

function checkColumn(compared: readonly Comparison[], by: string): void {
  const where = "slices";
  if (compared.length === 0) {
    const expected = "answers of a compressed variant and of its dense one";
    throw new InputError({ where, found: "nothing to compare with a dense variant", expected, remedy: "ask both, with %trust" });
  }
  const known = new Set(compared.flatMap(({ records }) => records.flatMap((record) => Object.keys(valuesOf(record)))));
  if (known.has(by)) return;
  throw new InputError({ where, found: `no column ${by}`, expected: [...known].sort().join(", "), remedy: "name one with --by" });
}

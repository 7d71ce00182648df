import type { ColumnTable } from "arquero";

import { type Change, mostSeriousFirst, type Selection, variantChanges } from "../analysis/index.js";
import type { Study } from "../study/index.js";
import type { ColumnName } from "./columns.js";
import { makeTable, type Row } from "./make.js";

const CHANGED: readonly ColumnName[] = [
  ...(["variant", "flip", "statement", "outputBefore", "outputAfter", "before", "after"] as const),
  ...(["dimension", "task", "group", "topic", "item", "repeat"] as const),
];
const FLIPS: readonly ColumnName[] = ["variant", "before", "after", "flip", "count", "floor"];

/** What a table of changes shows besides. */
export interface ChangeOptions extends Selection {
  /** Also items whose state stayed but whose text changed. Default false. */
  readonly texts?: boolean;
}

/** Which answers changed between the dense variant and each other one, how, and both texts; most serious changes first. */
export async function changedItemsTable(study: Study, options: ChangeOptions = {}): Promise<ColumnTable> {
  const pairs = (await variantChanges(study, options)).flatMap((ofVariant) => ofVariant.pairs);
  return makeTable(CHANGED, mostSeriousFirst(pairs.filter((pair) => isChange(pair, options))).map(changeRow));
}

/**
 * The 4 x 4 matrix of states before and after, for each variant: sixteen rows a variant. Items whose answers were drawn several times
 * count by their distributions; beside each cell the same of the dense variant against itself.
 */
export async function flipsTable(study: Study, selection: Selection = {}): Promise<ColumnTable> {
  const rows = (await variantChanges(study, selection)).flatMap(({ variant, cells }) =>
    cells.map(({ name, ...cell }) => ({ variant: variant.title, flip: name, ...cell })),
  );
  return makeTable(FLIPS, rows);
}

function isChange({ name, before, after }: Change, { texts = false }: ChangeOptions): boolean {
  return name !== "kept" || (texts && before.record.generation.text !== after.record.generation.text);
}

/** A pair's cells that tables of changes share, slices among them. */
export function changeRow({ variant, name, before, after }: Change): Row {
  const { dimension, task, item, repeat, slices } = after.record;
  return {
    ...slices,
    ...{ variant: variant.title, dimension, task, item, repeat },
    ...{ flip: name, before: before.label.state, after: after.label.state },
    ...{ outputBefore: before.record.generation.text, outputAfter: after.record.generation.text },
  };
}

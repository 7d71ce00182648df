import type { ColumnTable } from "arquero";

import {
  type Comparison,
  comparisons,
  flipMatrix,
  flipName,
  type ItemStates,
  type KnownVariant,
  pairById,
  type Selection,
} from "../analysis/index.js";
import { groupBy } from "../core/group.js";
import type { ItemRecord, Study } from "../study/index.js";
import type { ScorerName, State } from "../trust/index.js";
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
  const rows: Row[] = [];
  for (const { variant, pairs } of await changes(study, options)) {
    rows.push(...pairs.filter((pair) => isChange(pair, options)).map((pair) => changeRow(variant, pair)));
  }
  rows.sort((a, b) => ORDER.indexOf(String(a.flip)) - ORDER.indexOf(String(b.flip)));
  return makeTable(CHANGED, rows);
}

/**
 * The 4 x 4 matrix of states before and after, for each variant: sixteen rows a variant. Items whose answers were drawn several times
 * count by their distributions; beside each cell the same of the dense variant against itself.
 */
export async function flipsTable(study: Study, selection: Selection = {}): Promise<ColumnTable> {
  const scorer = selection.scorer ?? "touchstone";
  const compared = groupBy(await comparisons(study, selection), ({ variant }) => variant.id);
  const rows = [...compared.values()].flatMap((ofVariant) => {
    const items = ofVariant.flatMap((comparison) => itemStates(comparison, scorer));
    if (items.length === 0) return [];
    return flipMatrix(items).map(({ name, ...cell }) => ({ variant: ofVariant[0].variant.title, flip: name, ...cell }));
  });
  return makeTable(FLIPS, rows);
}

/** The states of the items that both variants answered. */
function itemStates({ records, baseRecords, twinRecords }: Comparison, scorer: ScorerName): ItemStates[] {
  const [before, after, again] = [baseRecords, records, twinRecords].map((side) => groupBy(side, placeOf));
  const states = (side: readonly ItemRecord[] = []): State[] =>
    side.map((record) => stateOf(record, scorer)).filter((state) => state !== undefined);
  return [...before].flatMap(([place, ofItem]) => {
    const item = { before: states(ofItem), after: states(after.get(place)), again: states(again.get(place)) };
    return item.before.length === 0 || item.after.length === 0 ? [] : [item];
  });
}

const placeOf = ({ task, item }: ItemRecord): string => `${task}\u0000${item}`;

/** The one to look at first comes first. */
const ORDER = ["unguarded", "lost", "broke", "withdrew", "opened", "gained", "recovered", "kept"];

interface Answer {
  readonly record: ItemRecord;
  readonly state: State;
}
interface Change {
  readonly before: Answer;
  readonly after: Answer;
}

async function changes(study: Study, selection: Selection): Promise<{ variant: KnownVariant; pairs: Change[] }[]> {
  const scorer = selection.scorer ?? "touchstone";
  const compared = groupBy(await comparisons(study, selection), ({ variant }) => variant.id);
  return [...compared.values()].flatMap((ofVariant) => {
    const pairs = ofVariant.flatMap((comparison) => changesOf(comparison, scorer));
    return pairs.length === 0 ? [] : [{ variant: ofVariant[0].variant, pairs }];
  });
}

const changesOf = ({ records, baseRecords }: Comparison, scorer: ScorerName): Change[] =>
  pairById(baseRecords, records).pairs.flatMap(({ base, other }) => {
    const [before, after] = [stateOf(base, scorer), stateOf(other, scorer)];
    return before === undefined || after === undefined
      ? []
      : [{ before: { record: base, state: before }, after: { record: other, state: after } }];
  });

const stateOf = ({ labels }: ItemRecord, scorer: ScorerName): State | undefined =>
  labels.find((label) => label.scorer === scorer)?.state;

function isChange({ before, after }: Change, { texts = false }: ChangeOptions): boolean {
  return before.state !== after.state || (texts && before.record.generation.text !== after.record.generation.text);
}

function changeRow({ title }: KnownVariant, { before, after }: Change): Row {
  const { dimension, task, item, repeat, slices } = after.record;
  return {
    ...slices,
    ...{ variant: title, dimension, task, item, repeat },
    flip: flipName(before.state, after.state),
    ...{ before: before.state, after: after.state },
    ...{ outputBefore: before.record.generation.text, outputAfter: after.record.generation.text },
  };
}

import type { ColumnTable } from "arquero";

import { checkOneJudge, flipMatrix, flipName, type ItemRecord, pairById, type Study } from "../study/index.js";
import type { ScorerName, State } from "../trust/index.js";
import type { ColumnName } from "./columns.js";
import { makeTable, type Row } from "./make.js";
import { chosenRecords, chosenVariants, denseOf, type KnownVariant, type Selection } from "./selection.js";

const CHANGED: readonly ColumnName[] = [
  ...(["variant", "flip", "statement", "outputBefore", "outputAfter", "before", "after"] as const),
  ...(["dimension", "task", "group", "topic", "item", "repeat"] as const),
];
const FLIPS: readonly ColumnName[] = ["variant", "before", "after", "flip", "count"];

/** What a table of changes shows besides. */
export interface ChangeOptions extends Selection {
  /** Also items whose state stayed but whose text changed. Default false. */
  readonly texts?: boolean;
}

/** Which answers changed between the dense variant and each other one, how, and both texts; most serious changes first. */
export async function changedItemsTable(study: Study, options: ChangeOptions = {}): Promise<ColumnTable> {
  const rows: Row[] = [];
  for (const { variant, pairs } of await comparisons(study, options)) {
    rows.push(...pairs.filter((pair) => isChange(pair, options)).map((pair) => changeRow(variant, pair)));
  }
  rows.sort((a, b) => ORDER.indexOf(String(a.flip)) - ORDER.indexOf(String(b.flip)));
  return makeTable(CHANGED, rows);
}

/** The 4 x 4 matrix of states before and after, for each variant: sixteen rows a variant. */
export async function flipsTable(study: Study, selection: Selection = {}): Promise<ColumnTable> {
  const compared = await comparisons(study, selection);
  const rows = compared.flatMap(({ variant, pairs }) =>
    flipMatrix(pairs.map(({ before, after }) => ({ before: before.state, after: after.state }))).map(({ name, ...cell }) => ({
      variant: variant.title,
      flip: name,
      ...cell,
    })),
  );
  return makeTable(FLIPS, rows);
}

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

async function comparisons(study: Study, selection: Selection): Promise<{ variant: KnownVariant; pairs: Change[] }[]> {
  const scorer = selection.scorer ?? "touchstone";
  const found: { variant: KnownVariant; pairs: Change[] }[] = [];
  for (const variant of chosenVariants(study, selection)) {
    const dense = denseOf(study, variant);
    if (dense === undefined || dense.id === variant.id) continue;
    const base = (await chosenRecords(study, dense.id, selection)).flatMap((record) => answerOf(record, scorer));
    const other = (await chosenRecords(study, variant.id, selection)).flatMap((record) => answerOf(record, scorer));
    checkOneJudge([...base, ...other].map(({ record }) => record));
    const pairs = pairById(base, other).pairs.map(({ base: before, other: after }) => ({ before, after }));
    if (pairs.length > 0) found.push({ variant, pairs });
  }
  return found;
}

function answerOf(record: ItemRecord, scorer: ScorerName): (Answer & { item: string; task: string; repeat: number })[] {
  const label = record.labels.find((candidate) => candidate.scorer === scorer);
  const { dimension, item, task, repeat } = record;
  return label === undefined ? [] : [{ record, state: label.state, item: `${dimension}/${item}`, task, repeat }];
}

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

import type { ColumnTable } from "arquero";

import { type Change, type FlipName, mostSeriousFirst, type Selection, variantChanges } from "../../analysis/index.js";
import type { Study } from "../../study/index.js";
import { changeRow } from "../changed-items.js";
import type { ColumnName } from "../columns.js";
import { escapeHtml } from "../html.js";
import { makeTable, type Row } from "../make.js";
import { changeCard, logProbabilityList } from "./change-card.js";

const COLUMNS_BESIDE: readonly ColumnName[] = [
  ...(["variant", "flip", "dimension", "task", "group", "topic", "item", "repeat", "suite", "settings"] as const),
  ...(["prompt", "outputBefore", "outputAfter", "before", "after", "officialBefore", "officialAfter"] as const),
  ...(["valueBefore", "valueAfter", "logProbabilitiesBefore", "logProbabilitiesAfter"] as const),
];

/** Which items are shown, and how many. */
export interface BesideOptions extends Selection {
  /** Names of changes; default all but `kept`. */
  readonly flips?: readonly FlipName[] | undefined;
  /** Items shown side by side; the table holds all. Default 20. */
  readonly limit?: number | undefined;
}

/** Something shown as HTML without scripts, or as text. */
export interface View {
  readonly html: string;
  readonly text: string;
}

/** Items side by side: to read, and all of them as a table. */
export interface ItemsBeside extends View {
  readonly table: ColumnTable;
}

/**
 * `%items`: the items whose answers changed in the ways named, the most serious first: prompt, the dense variant's answer and the
 * other's with what differs marked, labels, and log-probabilities where the records keep them.
 */
export async function itemsBeside(study: Study, options: BesideOptions = {}): Promise<ItemsBeside> {
  const { flips, limit = 20 } = options;
  const compared = await variantChanges(study, options);
  const isWanted = ({ name }: Change): boolean => (flips === undefined ? name !== "kept" : flips.includes(name));
  const pairs = compared.flatMap((ofVariant) => ofVariant.pairs);
  const changes = mostSeriousFirst(pairs.filter(isWanted));
  const cards = await Promise.all(changes.slice(0, limit).map((change, i) => changeCard(change, { open: i === 0 })));
  const caption = captionOf({ shown: cards.length, found: changes.length, pairs: pairs.length }, flips);
  return {
    table: await makeTable(COLUMNS_BESIDE, changes.map(besideRow)),
    html: [`<div><p style="margin:.3em 0">${escapeHtml(caption)}</p>`, ...cards.map(({ html }) => html), "</div>"].join("\n"),
    text: [caption, ...cards.map(({ text }) => text)].join("\n\n"),
  };
}

interface Counts {
  readonly shown: number;
  readonly found: number;
  readonly pairs: number;
}

function captionOf({ shown, found, pairs }: Counts, flips: BesideOptions["flips"]): string {
  if (pairs === 0) return "No answers of a compressed variant and of the dense one to the same items: nothing to compare.";
  const kind = flips === undefined ? "changed" : flips.join(" or ");
  const count = `${found} of ${pairs} pairs of answers: ${kind}`;
  return shown < found ? `${count}; the first ${shown} shown, the most serious first` : count;
}

function besideRow(change: Change): Row {
  const { before, after } = change;
  const { suite, settings, generation } = after.record;
  const kept = [before, after].map(({ record: { logProbabilities } }) =>
    logProbabilities === null ? null : logProbabilityList(logProbabilities),
  );
  return {
    ...changeRow(change),
    ...{ suite, settings: settings === "" ? null : settings, prompt: generation.prompt },
    ...{ officialBefore: before.label.official, officialAfter: after.label.official },
    ...{ valueBefore: before.label.value ?? null, valueAfter: after.label.value ?? null },
    ...{ logProbabilitiesBefore: kept[0], logProbabilitiesAfter: kept[1] },
  };
}

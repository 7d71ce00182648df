import {
  type Change,
  type FlipCell,
  mostSeriousFirst,
  type Selection,
  STATES,
  type VariantChanges,
  variantChanges,
} from "../../analysis/index.js";
import type { Study } from "../../study/index.js";
import { escapeHtml } from "../html.js";
import { changeCard } from "./change-card.js";
import type { View } from "./items-beside.js";

/** How much of the matrix' items is shown. */
export interface MatrixOptions extends Selection {
  /** Items in each cell. Default 3. */
  readonly perCell?: number;
  /** The most telling items of all variants, below the matrices. Default 3. */
  readonly telling?: number;
}

/**
 * The matrix of states before and after, one a variant, whose cells unfold to their first items; then the most telling items of all,
 * of different variants as far as there are.
 * @returns undefined where no variant has an answer that the dense one has too
 */
export async function flipMatrices(study: Study, options: MatrixOptions = {}): Promise<View | undefined> {
  const compared = await variantChanges(study, options);
  if (compared.length === 0) return undefined;
  const matrices = await Promise.all(compared.map((ofVariant) => matrixHtml(ofVariant, options.perCell ?? 3)));
  const telling = await Promise.all(mostTelling(compared, options.telling ?? 3).map((change) => changeCard(change)));
  const title = telling.length === 0 ? "No answer changed its state." : "The most telling items";
  return {
    html: [
      ...["<div>", ...matrices, `<p style="margin:.8em 0 .2em;font-weight:600">${title}</p>`],
      ...[...telling.map(({ html }) => html), "</div>"],
    ].join("\n"),
    text: [...compared.map(matrixText), [title, ...telling.map(({ text }) => text)].join("\n")].join("\n\n"),
  };
}

/** The most serious change of each variant in turn, then each one's second. */
function mostTelling(compared: readonly VariantChanges[], count: number): Change[] {
  const queues = compared.map(({ pairs }) => mostSeriousFirst(pairs.filter(({ name }) => name !== "kept")).slice(0, count));
  const turns = Array.from({ length: count }, (_, turn) => queues.flatMap((queue) => queue.slice(turn, turn + 1)));
  return mostSeriousFirst(turns.flat().slice(0, count));
}

async function matrixHtml({ variant, base, pairs, cells }: VariantChanges, perCell: number): Promise<string> {
  const head = STATES.map((state) => `<th scope="col" style="text-align:left;padding:.1em .8em .1em 0">${state}</th>`).join("");
  const rows = await Promise.all(
    STATES.map(async (before) => {
      const ofRow = cells.filter((cell) => cell.before === before);
      const written = await Promise.all(ofRow.map((cell) => cellHtml(cell, pairs, perCell)));
      return `<tr><th scope="row" style="text-align:left;vertical-align:top">${before}</th>${written.join("")}</tr>`;
    }),
  );
  const caption = escapeHtml(captionOf({ variant, base, pairs, cells }));
  return [
    '<div style="overflow-x:auto;margin:.6em 0"><table style="font-variant-numeric:tabular-nums">',
    `<caption style="text-align:left;caption-side:top;white-space:nowrap">${caption}</caption>`,
    `<thead><tr><th scope="col" style="text-align:left">dense ↓ · variant →</th>${head}</tr></thead>`,
    `<tbody>${rows.join("\n")}</tbody></table></div>`,
  ].join("\n");
}

async function cellHtml(cell: FlipCell, pairs: readonly Change[], perCell: number): Promise<string> {
  const style = `text-align:left;vertical-align:top;padding:.1em .8em .1em 0${cell.name === "kept" ? ";opacity:.75" : ""}`;
  const words = cellWords(cell);
  const found = cell.name === "kept" ? [] : pairs.filter((pair) => isIn(pair, cell));
  if (found.length === 0) return `<td style="${style}">${words}</td>`;
  const cards = await Promise.all(
    mostSeriousFirst(found)
      .slice(0, perCell)
      .map((change) => changeCard(change)),
  );
  const rest =
    found.length > cards.length ? `the first ${cards.length} of ${found.length}; %items --flip ${cell.name} has all` : "";
  const below = rest === "" ? "" : `<div style="opacity:.75;font-size:90%">${rest}</div>`;
  const items = `<div style="width:34em;white-space:normal">${cards.map(({ html }) => html).join("\n")}${below}</div>`;
  return `<td style="${style}"><details><summary>${words}</summary>${items}</details></td>`;
}

const isIn = ({ before, after }: Change, cell: FlipCell): boolean =>
  before.label.state === cell.before && after.label.state === cell.after;

/** "3 unguarded", "0.4 lost (0.2 of dense from itself)": expected numbers where answers were drawn. */
function cellWords({ count, name, floor }: FlipCell): string {
  if (count === 0 && (floor === null || floor === 0)) return "0";
  return `${tenths(count)} ${name}${floor === null ? "" : ` (${tenths(floor)} of dense from itself)`}`;
}

const tenths = (count: number): string => (Number.isInteger(count) ? String(count) : count.toFixed(1));

function captionOf({ variant, base, cells }: VariantChanges): string {
  const items = cells.reduce((sum, { count }) => sum + count, 0);
  return `${variant.title} from ${base.title}: states of ${Math.round(items)} items before and after`;
}

function matrixText(ofVariant: VariantChanges): string {
  const lines = [
    ["", ...STATES],
    ...STATES.map((before) => [before, ...ofVariant.cells.filter((cell) => cell.before === before).map(cellWords)]),
  ];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const written = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column]))
      .join("  ")
      .trimEnd(),
  );
  return [captionOf(ofVariant), ...written].join("\n");
}

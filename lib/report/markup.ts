import type { Cell, Row } from "../tables/index.js";
import { escapeHtml } from "../tables/html.js";

/** Longest text of a study that a page shows whole. */
const LONGEST = 600;

/** Control and direction marks: the first are no HTML, the second can make a text read as another. */

const UNSEEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]/g;
const HALF_PAIRS = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** What a page can't hold, as the replacement character. */
export const readable = (text: string): string => text.replace(UNSEEN, "\ufffd").replace(HALF_PAIRS, "\ufffd");

/** A text of the study for a page: bounded, of readable characters, nothing in it markup. @param most characters */
export function shown(text: string, most = LONGEST): string {
  const cut = text.length <= most ? text : `${text.slice(0, most).trimEnd()}… (${text.length} characters in all)`;
  return escapeHtml(readable(cut));
}

/** A number with a typographic minus; a dash where there is none. */
export function figure(value: Cell | undefined, digits?: number): string {
  if (typeof value !== "number" || !Number.isFinite(value)) return "–";
  const text = digits === undefined ? String(Number(value.toPrecision(4))) : value.toFixed(digits);
  return (/^-0(\.0*)?$/.test(text) ? text.slice(1) : text).replace("-", "−");
}

/** A difference in points, with its sign. */
export const signed = (value: Cell | undefined): string =>
  typeof value === "number" && value > 0 ? `+${figure(value, 1)}` : figure(value, 1);

/** "[−3.1, +0.4]"; a dash where a bound is missing. */
export const interval = (low: Cell | undefined, high: Cell | undefined, form = signed): string =>
  typeof low === "number" && typeof high === "number" ? `[${form(low)}, ${form(high)}]` : "–";

/** A column of a page's table: what it shows of a row. */
export interface PageColumn<R> {
  readonly title: string;
  /** HTML. */
  readonly cell: (row: R) => string;
  readonly numeric?: boolean;
}

/** A table with its caption; the first column names the row. It scrolls by itself, also by keyboard, where it is too wide. */
export function pageTable<R>(caption: string, columns: readonly PageColumn<R>[], rows: readonly R[]): string {
  const classOf = ({ numeric }: PageColumn<R>): string => (numeric === true ? ' class="number"' : "");
  const head = columns.map((column) => `<th scope="col"${classOf(column)}>${escapeHtml(column.title)}</th>`).join("");
  const line = (row: R): string =>
    columns
      .map((column, i) =>
        i === 0 ? `<th scope="row">${column.cell(row)}</th>` : `<td${classOf(column)}>${column.cell(row)}</td>`,
      )
      .join("");
  const body = rows.map((row) => `<tr>${line(row)}</tr>`).join("\n");
  return [
    `<section class="scroll" tabindex="0" aria-label="${shown(`Table: ${caption}`, 200)}">`,
    `<table><caption>${shown(caption)}</caption>`,
    `<thead><tr>${head}</tr></thead>`,
    `<tbody>\n${body}\n</tbody></table></section>`,
  ].join("\n");
}

/** A column of a table's row, by its name there. */
export const textColumn = (title: string, name: string): PageColumn<Row> => ({ title, cell: (row) => cellText(row[name]) });

/** The same for numbers. */
export const numberColumn = (title: string, name: string, digits?: number): PageColumn<Row> => ({
  title,
  numeric: true,
  cell: (row) => figure(row[name], digits),
});

/** A cell as text; a dash for nothing. */
export function cellText(value: Cell | undefined): string {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "number") return figure(value);
  return shown(typeof value === "boolean" ? (value ? "yes" : "no") : value, 200);
}

/** A part of the page under its heading; none where there is nothing to say. @param body HTML */
export const part = (id: string, title: string, body: string): string =>
  body === "" ? "" : `<section aria-labelledby="${id}">\n<h2 id="${id}">${escapeHtml(title)}</h2>\n${body}\n</section>`;

/** A paragraph. @param text no markup */
export const paragraph = (text: string): string => `<p>${shown(text, 4 * LONGEST)}</p>`;

import type { ColumnTable } from "arquero";

import { type Column, columnOf } from "./columns.js";

/** How much of a table to show. */
export interface ShowOptions {
  /** Rows at the beginning; default 10. */
  readonly first?: number;
  /** Rows at the end; default 5. */
  readonly last?: number;
}

/** Longest text of a cell that is shown unfolded. */
const FOLD_AT = 80;
/** Longest text that is kept on one line: names and numbers read badly when broken. */
const NARROW = 24;

/**
 * A table as HTML: first and last rows, header with unit and meaning, numbers to the right, long texts folded, everything
 * escaped, no scripts. Columns that are empty in all shown rows are named below instead.
 */
export function tableHtml(table: ColumnTable, options: ShowOptions = {}): string {
  const { head, tail, total } = shownRows(table, options);
  const { names, empty } = splitColumns(table, [...head, ...tail]);
  const numeric = new Set(names.filter((name) => isNumeric(name, [...head, ...tail])));
  const header = names.map((name) => headerHtml(name, numeric.has(name))).join("");
  const rowHtml = (row: ShownRow): string =>
    `<tr>${names.map((name) => cellHtml(name, row[name], numeric.has(name))).join("")}</tr>`;
  const gap = tail.length > 0 ? [`<tr><td colspan="${names.length}" style="text-align:center">⋮</td></tr>`] : [];
  const body = [...head.map(rowHtml), ...gap, ...tail.map(rowHtml)].join("\n");
  return [
    '<div style="overflow-x:auto">',
    `<table style="font-variant-numeric:tabular-nums"><thead><tr>${header}</tr></thead>`,
    `<tbody>\n${body}\n</tbody></table>`,
    `<p style="opacity:.7;margin:.3em 0">${escapeHtml(caption(head.length + tail.length, total, empty))}</p></div>`,
  ].join("\n");
}

/** The same as plain text, columns aligned, long texts cut. */
export function tableText(table: ColumnTable, options: ShowOptions = {}): string {
  const { head, tail, total } = shownRows(table, options);
  const { names, empty } = splitColumns(table, [...head, ...tail]);
  const lines = [...head, ...tail].map((row) => names.map((name) => cutText(formatCell(name, row[name]))));
  const widths = names.map((name, i) => Math.max(name.length, ...lines.map((cells) => cells[i].length)));
  const numeric = names.map((name) => isNumeric(name, [...head, ...tail]));
  const align = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join("  ")
      .trimEnd();
  const gap = tail.length > 0 ? ["⋮"] : [];
  const texts = lines.map(align);
  return [
    align(names),
    ...texts.slice(0, head.length),
    ...gap,
    ...texts.slice(head.length),
    caption(lines.length, total, empty),
  ].join("\n");
}

/** Text for HTML: nothing in it is markup. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

type ShownRow = Readonly<Record<string, unknown>>;

function shownRows(
  table: ColumnTable,
  { first = 10, last = 5 }: ShowOptions,
): { head: ShownRow[]; tail: ShownRow[]; total: number } {
  const total = table.numRows();
  const whole = total <= first + last;
  return {
    total,
    head: rowsFrom(table, 0, whole ? total : first),
    tail: whole || last === 0 ? [] : rowsFrom(table, total - last, last),
  };
}

function rowsFrom(table: ColumnTable, offset: number, limit: number): ShownRow[] {
  return limit === 0 ? [] : table.objects({ offset, limit, grouped: false }).map((row) => ({ ...row }));
}

function splitColumns(table: ColumnTable, rows: readonly ShownRow[]): { names: string[]; empty: string[] } {
  const all = table.columnNames();
  const isEmpty = (name: string): boolean =>
    rows.length > 0 && rows.every((row) => row[name] === null || row[name] === undefined);
  return { names: all.filter((name) => !isEmpty(name)), empty: all.filter(isEmpty) };
}

const isNumeric = (name: string, rows: readonly ShownRow[]): boolean =>
  columnOf(name)?.type === "number" || (rows.length > 0 && rows.every((row) => typeof row[name] === "number"));

function headerHtml(name: string, numeric: boolean): string {
  const column: Column | undefined = columnOf(name);
  const unit = column?.unit ? ` <span style="font-weight:normal;opacity:.7">${escapeHtml(column.unit)}</span>` : "";
  const meaning = column === undefined ? "" : ` title="${escapeHtml(column.meaning)}"`;
  return `<th style="text-align:${numeric ? "right" : "left"}"${meaning}>${escapeHtml(name)}${unit}</th>`;
}

function cellHtml(name: string, value: unknown, numeric: boolean): string {
  const text = formatCell(name, value);
  const wrap = text.length <= NARROW ? ";white-space:nowrap" : `;min-width:${text.length <= 48 ? 14 : 28}em`;
  const style = `text-align:${numeric ? "right" : "left"};vertical-align:top${wrap}`;
  if (text.length <= FOLD_AT) return `<td style="${style}">${escapeHtml(text)}</td>`;
  const start = escapeHtml(text.slice(0, FOLD_AT - 1));
  const whole = `<div style="white-space:pre-wrap;max-width:40em">${escapeHtml(text)}</div>`;
  return `<td style="${style}"><details><summary>${start}…</summary>${whole}</details></td>`;
}

function formatCell(name: string, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return formatNumber(value, columnOf(name)?.digits);
  if (typeof value === "boolean") return value ? "yes" : "";
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function formatNumber(value: number, digits: number | undefined): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "" : value > 0 ? "∞" : "−∞";
  const text =
    digits !== undefined ? value.toFixed(digits) : Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
  return (/^-0(\.0*)?$/.test(text) ? text.slice(1) : text).replace("-", "−");
}

function cutText(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length <= FOLD_AT / 2 ? line : `${line.slice(0, FOLD_AT / 2 - 1)}…`;
}

function caption(shown: number, total: number, empty: readonly string[]): string {
  const rows = shown === total ? `${total} ${total === 1 ? "row" : "rows"}` : `showing ${shown} of ${total} rows`;
  return empty.length === 0 ? rows : `${rows}; empty columns not shown: ${empty.join(", ")}`;
}

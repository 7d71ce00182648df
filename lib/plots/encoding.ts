import { InputError } from "../core/errors.js";
import { ALL_TASKS, type Cell, type ColumnName, type Table } from "../tables/index.js";
import { isNarrow, type PlotOptions, variantColour, widthOf } from "./theme.js";

/** A row of a plot's data. */
export type PlotRow = Readonly<Record<string, Cell>>;

/** Most rows that a plot holds; a picture beyond that is neither small nor readable. */
const MOST_ROWS = 5000;

/**
 * The rows of a table as inline data, with the variant's colour; infinite numbers become null, as JSON has none.
 * @throws InputError where a needed column is absent, the table is empty or has more than 5,000 rows
 */
export function inlineRows(table: Table, plot: { readonly name: string; readonly needs: readonly ColumnName[] }): PlotRow[] {
  const where = `plot ${plot.name}`;
  const missing = plot.needs.filter((name) => !table.columnNames().includes(name));
  if (missing.length > 0) {
    throw new InputError({ where, found: `a table without ${missing.join(", ")}`, expected: `columns ${plot.needs.join(", ")}` });
  }
  const count = table.numRows();
  if (count === 0)
    throw new InputError({ where, found: "no rows", expected: "at least one", remedy: "run the measurement first" });
  if (count > MOST_ROWS) {
    throw new InputError({
      where,
      found: `${count} rows`,
      expected: `at most ${MOST_ROWS}`,
      remedy: "filter or aggregate the table",
    });
  }
  return table.objects({ grouped: false }).map((row) => plainRow({ ...row }));
}

function plainRow(row: Readonly<Record<string, unknown>>): PlotRow {
  const cells = Object.entries(row).map(([name, value]): [string, Cell] => [name, plainCell(value)]);
  const plain = Object.fromEntries(cells);
  return { ...plain, colour: variantColour(plain), command: itemsCommand(plain) };
}

/** What shows the items behind a mark, for its tooltip; null where a row is of no compressed variant's answers. */
function itemsCommand({ variant, method, dimension, task, flip }: PlotRow): string | null {
  if (typeof variant !== "string" || method === "dense") return null;
  const options = [
    ...(typeof flip === "string" ? [`--flip ${flip}`] : []),
    ...(typeof dimension === "string" ? [`--dimension ${dimension}`] : []),
    ...(typeof task === "string" && task !== ALL_TASKS ? [`--task ${task}`] : []),
  ];
  if (options.length === 0) return null;
  return `%items ${options.join(" ")} --variants ${/[\s,"']/.test(variant) ? JSON.stringify(variant) : variant}`;
}

/** The tooltip's entry of that command. */
export const COMMAND = { field: "command", title: "its items" } as const;

/** The rows that a plot can draw. @throws InputError with the sentence where there are none */
export function drawable(rows: readonly PlotRow[], { name }: { readonly name: string }, why: Why): readonly PlotRow[] {
  if (rows.length > 0) return rows;
  throw new InputError({ where: `plot ${name}`, ...why });
}

/** Why there is nothing to draw. */
export interface Why {
  readonly found: string;
  readonly expected: string;
  readonly remedy: string;
}

/**
 * Rows with `place`: the dimension, and where it was asked with several suites or in several ways, these too, so that they stand apart.
 */
export function withPlaces(rows: readonly PlotRow[]): PlotRow[] {
  const wayOf = ({ suite, settings }: PlotRow): string => [suite, settings].filter((part) => typeof part === "string").join(", ");
  return rows.map((row) => {
    const ways = new Set(rows.filter(({ dimension }) => dimension === row.dimension).map(wayOf));
    return { ...row, place: ways.size > 1 ? `${String(row.dimension)} (${wayOf(row)})` : String(row.dimension) };
  });
}

function plainCell(value: unknown): Cell {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  return typeof value === "string" || typeof value === "boolean" ? value : null;
}

/** Width left for the marks beside names of the variants, and labels of about `right` pixels. */
export function widthBesideNames(names: readonly string[], right: number, options: PlotOptions = {}): number {
  const longest = Math.max(0, ...names.map((name) => name.length));
  return Math.max(80, widthOf(options) - Math.min(nameLimit(options), longest * 7) - right - 16);
}

/** The axis of names at the left: no lines, and so long that half of the width is left. */
export const nameAxis = (options: PlotOptions = {}) => ({
  ...{ domain: false, ticks: false, labelPadding: 8, labelLimit: nameLimit(options) },
  labelFontSize: isNarrow(options) ? 11 : 12,
});

const nameLimit = (options: PlotOptions): number => Math.round(Math.min(300, 0.46 * widthOf(options)));

/** The different texts of a column, in order of appearance. */
export const distinct = (rows: readonly PlotRow[], name: ColumnName | "place" | "line" | "label"): string[] => [
  ...new Set(rows.map((row) => String(row[name]))),
];

/** "48 answers" or "24–48 answers": what the subtitle says of a column of counts. */
export function countText(rows: readonly PlotRow[], name: ColumnName, noun: string): string {
  const counts = rows.map((row) => row[name]).filter((value) => typeof value === "number");
  if (counts.length === 0) return "";
  const [low, high] = [Math.min(...counts), Math.max(...counts)];
  return low === high ? `${low} ${noun}` : `${low}–${high} ${noun}`;
}

/** Tooltip entries, shown with the column's digits. */
export const tooltip = (names: readonly ColumnName[], format = ".1f") =>
  names.map((name) => ({ field: name, title: name, ...(NUMERIC.has(name) ? { format } : {}) }));

const NUMERIC = new Set<ColumnName>([
  "score",
  "low",
  "high",
  "drift",
  "driftLow",
  "driftHigh",
  "noiseFloor",
  "seedMean",
  "seedLow",
  "seedHigh",
  "driftBound",
  "isotonicScore",
  "verdictLow",
  "verdictHigh",
  "refusalsAsRight",
  "refusalsAsWrong",
]);

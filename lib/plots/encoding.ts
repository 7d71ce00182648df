import { InputError } from "../core/errors.js";
import type { FlipName } from "../analysis/index.js";
import type { Cell, ColumnName, Table } from "../tables/index.js";

/** A row of a plot's data. */
export type PlotRow = Readonly<Record<string, Cell>>;

/** The schema that JupyterLab's renderer knows. */
export const SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json";

/** Width of a notebook cell's plot in pixels, all labels included. */
export const WIDTH = 640;

/** Width of the marks of a scatter, so that axis and labels beyond the last point fit the cell too. */
export const PLOT_WIDTH = 480;

/** Most rows that a plot holds; a picture beyond that is neither small nor readable. */
const MOST_ROWS = 5000;

const INK = "#222222";
const GREY = "#767676";

/** The look of all plots: no frame, light horizontal or vertical grid, system sans-serif of 12 px, titles to the left. */
export const THEME = {
  background: "white",
  font: "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Arial, sans-serif",
  view: { stroke: null },
  title: { anchor: "start", frame: "bounds", fontSize: 14, subtitleFontSize: 12, subtitleColor: GREY, color: INK, offset: 12 },
  axis: {
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: "normal",
    labelColor: INK,
    titleColor: GREY,
    gridColor: "#e6e6e6",
    domainColor: "#b0b0b0",
    tickColor: "#b0b0b0",
    labelLimit: 300,
  },
  header: { labelFontSize: 12, labelColor: INK, labelLimit: 300 },
  legend: { labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", orient: "bottom" },
  text: { fontSize: 12, color: INK },
} as const;

/**
 * The colour of a variant by its method's family: dense black, quantization blue (darker with fewer bits), pruning orange
 * (darker with a stricter pattern). Blue and orange differ for every kind of colour vision, the steps in grey print.
 */
export function variantColour(row: { readonly method?: Cell; readonly bits?: Cell; readonly pattern?: Cell }): string {
  if (row.method === "dense") return "#000000";
  if (typeof row.bits === "number") return row.bits >= 8 ? "#6baed6" : row.bits >= 4 ? "#2171b5" : "#08306b";
  return typeof row.pattern === "string" && row.pattern.includes(":") ? "#a63603" : "#f16913";
}

/** The colour of a method's line: quantization blue, pruning orange, others green. */
export const methodColour = (method: string): string => METHOD_COLOURS[method] ?? "#009e73";

const METHOD_COLOURS: Readonly<Record<string, string>> = {
  ...{ dense: "#000000", rtn: "#6baed6", gptq: "#2171b5", awq: "#08306b" },
  ...{ magnitude: "#fdae6b", wanda: "#f16913", sparsegpt: "#a63603" },
};

/** Worse vermilion, better blue, into silence yellow-grey, into noise purple, unchanged light grey; from Okabe and Ito's set. */
export const FLIP_COLOURS: Readonly<Record<FlipName, string>> = {
  kept: "#e4e7ea",
  lost: "#d55e00",
  unguarded: "#d55e00",
  gained: "#56b4e9",
  opened: "#56b4e9",
  withdrew: "#c9b458",
  broke: "#a05195",
  recovered: "#7fbf9b",
};

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
  return { ...plain, colour: variantColour(plain) };
}

function plainCell(value: unknown): Cell {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  return typeof value === "string" || typeof value === "boolean" ? value : null;
}

/** A title: the question, and below it what is shown, in lines that fit a notebook cell. */
export const titleOf = (text: string, subtitle: readonly (string | undefined)[]) => ({
  text,
  subtitle: wrapped(subtitle.filter((part) => part !== undefined && part !== "")),
});

const LINE_CHARACTERS = 88;

function wrapped(parts: readonly (string | undefined)[]): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const joined = `${last ?? ""} · ${part ?? ""}`;
    if (last !== undefined && joined.length <= LINE_CHARACTERS) lines[lines.length - 1] = joined;
    else lines.push(part ?? "");
  }
  return lines;
}

/** Width left for the marks beside names of the variants, and labels of about `right` pixels. */
export function widthBesideNames(names: readonly string[], right: number): number {
  const longest = Math.max(...names.map((name) => name.length));
  return Math.max(220, WIDTH - Math.min(300, longest * 7) - right);
}

/** The different texts of a column, in order of appearance. */
export const distinct = (rows: readonly PlotRow[], name: ColumnName): string[] => [
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

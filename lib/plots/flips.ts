import { STATES } from "../analysis/index.js";
import { distinct, FLIP_COLOURS, inlineRows, type PlotRow, SCHEMA, THEME, titleOf } from "./encoding.js";
import type { Plot } from "./plot.js";

const CELL = { width: 54, height: 30 };
const MOST_COLUMNS = 2;

/** The 4 x 4 matrix of states before and after, a panel a variant: counts, with the name of each change. */
export const flips: Plot = {
  name: "flips",
  question: "How did answers change?",
  source: "flips",
  needs: ["variant", "before", "after", "flip", "count"],
  specify(table, { note } = {}) {
    const rows: PlotRow[] = inlineRows(table, flips).map((row) => ({ ...row, fill: fillOf(row), isFlip: row.flip !== "kept" }));
    const variants = distinct(rows, "variant");
    const pairs = rows.filter(({ variant }) => variant === variants[0]).reduce((sum, { count }) => sum + Number(count), 0);
    const x = {
      field: "after",
      type: "nominal" as const,
      sort: [...STATES],
      title: "after",
      axis: { domain: false, ticks: false, labelAngle: 0, labelFontSize: 9 },
    };
    const y = {
      field: "before",
      type: "nominal" as const,
      sort: [...STATES],
      title: "dense",
      axis: { domain: false, ticks: false, labelFontSize: 9 },
    };
    const tooltip = ["variant", "before", "after", "flip", "count"].map((field) => ({ field, title: field }));
    return {
      $schema: SCHEMA,
      config: THEME,
      title: titleOf(flips.question, ["answers by state: dense (rows), compressed (columns)", `${pairs} pairs`, note]),
      data: { values: rows },
      columns: Math.min(MOST_COLUMNS, variants.length),
      facet: { field: "variant", type: "nominal", sort: variants, title: null },
      spacing: { row: 18, column: 14 },
      spec: {
        width: CELL.width * STATES.length,
        height: CELL.height * STATES.length,
        encoding: { x, y, tooltip },
        layer: [
          {
            mark: { type: "rect", stroke: "white", strokeWidth: 2 },
            encoding: { color: { field: "fill", type: "nominal", scale: null } },
          },
          {
            transform: [{ filter: "datum.count > 0" }],
            mark: { type: "text", dy: -4, fontSize: 12, fontWeight: "bold" },
            encoding: { text: { field: "count", type: "quantitative" } },
          },
          {
            transform: [{ filter: "datum.count > 0 && datum.isFlip" }],
            mark: { type: "text", dy: 8, fontSize: 9 },
            encoding: { text: { field: "flip", type: "nominal" } },
          },
        ],
      },
    };
  },
};

/** Cells without answers stay nearly white, so that the eye goes to what happened. */
function fillOf({ flip, count }: PlotRow): string {
  const colours: Readonly<Record<string, string>> = FLIP_COLOURS;
  return count === 0 ? "#f7f8f9" : (colours[String(flip)] ?? FLIP_COLOURS.kept);
}

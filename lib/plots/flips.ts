import { STATES } from "../analysis/index.js";
import { distinct, FLIP_COLOURS, inlineRows, type PlotRow, SCHEMA, THEME, titleOf } from "./encoding.js";
import type { Plot } from "./plot.js";

const CELL = { width: 54, height: 30, withFloor: 42 };
const MOST_COLUMNS = 2;

/** The 4 x 4 matrix of states before and after, a panel a variant: counts, with the name of each change, and small below what dense shows against itself. */
export const flips: Plot = {
  name: "flips",
  question: "How did answers change?",
  source: "flips",
  needs: ["variant", "before", "after", "flip", "count"],
  specify(table, { note } = {}) {
    const rows: PlotRow[] = inlineRows(table, flips).map((row) => ({ ...row, fill: fillOf(row), isFlip: row.flip !== "kept" }));
    const variants = distinct(rows, "variant");
    const hasFloor = rows.some(({ floor }) => typeof floor === "number");
    const lift = hasFloor ? 6 : 0;
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
    const tooltip = ["variant", "before", "after", "flip", "count", "floor"].map((field) => ({ field, title: field }));
    return {
      $schema: SCHEMA,
      config: THEME,
      title: titleOf(flips.question, [
        "answers by state: dense (rows), compressed (columns)",
        `${Math.round(pairs)} items`,
        hasFloor ? "noise: the same for dense against itself" : "no noise floor: dense was not asked twice",
        note,
      ]),
      data: { values: rows },
      columns: Math.min(MOST_COLUMNS, variants.length),
      facet: { field: "variant", type: "nominal", sort: variants, title: null },
      spacing: { row: 18, column: 14 },
      spec: {
        width: CELL.width * STATES.length,
        height: (hasFloor ? CELL.withFloor : CELL.height) * STATES.length,
        encoding: { x, y, tooltip },
        layer: [
          {
            mark: { type: "rect", stroke: "white", strokeWidth: 2 },
            encoding: { color: { field: "fill", type: "nominal", scale: null } },
          },
          cellText({ filter: COUNTS, text: numberText("count"), mark: { dy: -4 - lift, fontSize: 12, fontWeight: "bold" } }),
          cellText({ filter: `${COUNTS} && datum.isFlip`, text: "datum.flip", mark: { dy: 8 - lift, fontSize: 9 } }),
          cellText({
            filter: "isValid(datum.floor) && datum.floor >= 0.05",
            text: `'noise ' + ${numberText("floor")}`,
            mark: { dy: 19 - lift, fontSize: 9 },
          }),
        ],
      },
    };
  },
};

/** Less than this share of an item is shown as nothing. */
const COUNTS = "datum.count >= 0.05";

/** A Vega expression: whole numbers without decimals. */
const numberText = (field: string): string => `format(datum.${field}, datum.${field} % 1 === 0 ? 'd' : '.1f')`;

interface CellText {
  readonly filter: string;
  /** A Vega expression. */
  readonly text: string;
  readonly mark: { readonly dy: number; readonly fontSize: number; readonly fontWeight?: "bold" };
}

const cellText = ({ filter, text, mark }: CellText) => ({
  transform: [{ filter }, { calculate: text, as: "text" }],
  mark: { type: "text" as const, ...mark },
  encoding: { text: { field: "text", type: "nominal" as const } },
});

/** Cells without answers stay nearly white, so that the eye goes to what happened. */
function fillOf({ flip, count }: PlotRow): string {
  const colours: Readonly<Record<string, string>> = FLIP_COLOURS;
  return Number(count) < 0.05 ? "#f7f8f9" : (colours[String(flip)] ?? FLIP_COLOURS.kept);
}

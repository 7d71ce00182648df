import { STATES } from "../analysis/index.js";
import { COMMAND, distinct, drawable, inlineRows, type PlotRow } from "./encoding.js";
import type { Plot } from "./plot.js";
import { FLIP_COLOURS, INK, isNarrow, sheet, tint } from "./theme.js";

const CELL = { width: 54, height: 30, withFloor: 42 };

/** The 4 x 4 matrix of states before and after, a panel a variant: counts, with the name of each change, and small below what dense shows against itself. */
export const flips: Plot = {
  name: "flips",
  question: "How did answers change?",
  source: "flips",
  needs: ["variant", "before", "after", "flip", "count"],
  specify(table, options = {}) {
    const all = inlineRows(table, flips).map((row): PlotRow => ({
      floor: null,
      ...row,
      fill: fillOf(row),
      isFlip: row.flip !== "kept",
    }));
    const counted = new Set(all.filter(({ count }) => Number(count) > 0).map(({ variant }) => variant));
    const rows = drawable(
      all.filter(({ variant }) => counted.has(variant)),
      flips,
      {
        found: "no pairs of answers",
        expected: "items that a variant and its dense one both answered",
        remedy: "ask both with %trust",
      },
    );
    const variants = distinct(rows, "variant");
    const hasFloor = rows.some(({ floor }) => typeof floor === "number");
    const lift = hasFloor ? 6 : 0;
    const pairs = rows.filter(({ variant }) => variant === variants[0]).reduce((sum, { count }) => sum + Number(count), 0);
    return {
      ...sheet(
        flips.question,
        [
          "answers by state: dense (rows), compressed (columns)",
          `${Math.round(pairs)} items`,
          hasFloor ? "noise: the same for dense against itself" : "no noise floor: dense was not asked twice",
        ],
        options,
      ),
      data: { values: [...rows] },
      columns: isNarrow(options) ? 1 : Math.min(2, variants.length),
      facet: { field: "variant", type: "nominal", sort: variants, title: null, header: { labelAnchor: "start" } },
      spacing: { row: 18, column: 14 },
      spec: {
        width: CELL.width * STATES.length,
        height: (hasFloor ? CELL.withFloor : CELL.height) * STATES.length,
        encoding: { x: stateAxis("after", "after"), y: stateAxis("before", "dense"), tooltip: TOOLTIP },
        layer: [
          {
            mark: { type: "rect", stroke: INK, strokeWidth: 1, strokeOpacity: 0.15 },
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

const TOOLTIP = [...["variant", "before", "after", "flip", "count", "floor"].map((field) => ({ field, title: field })), COMMAND];

const stateAxis = (field: string, title: string) => ({
  ...{ field, type: "nominal" as const, sort: [...STATES], title },
  axis: { domain: false, ticks: false, labelAngle: 0, labelFontSize: 9 },
});

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

/** Cells without answers stay empty, so that the eye goes to what happened. */
function fillOf({ flip, count }: PlotRow): string {
  const colours: Readonly<Record<string, string>> = FLIP_COLOURS;
  if (Number(count) < 0.05) return "transparent";
  return tint(colours[String(flip)] ?? FLIP_COLOURS.kept, flip === "kept" ? 0.35 : 1);
}

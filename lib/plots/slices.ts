import {
  COMMAND,
  countText,
  distinct,
  drawable,
  inlineRows,
  nameAxis,
  type PlotRow,
  tooltip,
  widthBesideNames,
} from "./encoding.js";
import type { Plot, PlotOptions } from "./plot.js";
import { INK, isNarrow, sheet } from "./theme.js";

/** Of a variant's slices, as many of the lowest and of the highest are drawn. */
const MOST_EACH_SIDE = 12;
const LINE = 20;

/** Paired drift for each value of a column, lowest first, a panel a variant; the number of pairs at the right. */
export const slices: Plot = {
  name: "slices",
  question: "Who is affected?",
  source: "slices",
  needs: [
    ...(["variant", "method", "bits", "pattern", "dimension", "sliceColumn", "sliceValue", "drift", "driftLow"] as const),
    ...(["driftHigh", "pHolm", "pairs", "refusals", "scorer"] as const),
  ],
  specify(table, options = {}) {
    const all = inlineRows(table, slices);
    const known = drawable(
      all.filter(({ drift }) => typeof drift === "number"),
      slices,
      {
        found: "no slice with a drift from dense",
        expected: "items that both variants answered readably",
        remedy: "cut by another column, with --by, or ask more items",
      },
    );
    const dimensions = distinct(known, "dimension");
    const names = distinct(known, "variant");
    const panels = names.map((variant) => chosenOf(known.filter((row) => row.variant === variant)));
    const drawn = panels.flat();
    return {
      ...sheet(
        slices.question,
        [
          `${dimensions.join(", ")} by ${distinct(all, "sliceColumn").join()}: score minus dense, paired by item`,
          "95 % intervals of each alone; * Holm's p below 0.05 over all",
          `${countText(drawn, "pairs", "pairs each")}${isNarrow(options) ? ", at the right" : ""}`,
          drawn.length < known.length ? `the ${MOST_EACH_SIDE} lowest and highest of each variant` : "",
          known.length < all.length ? `${all.length - known.length} slices without a drift are not drawn` : "",
          `scorer ${distinct(all, "scorer").join(", ")}`,
        ],
        options,
      ),
      spacing: 14,
      vconcat: panels.map((rows, i) =>
        panel(
          rows.map((row) => named(row, dimensions.length > 1)),
          { variant: names[i], reach: reachOf(drawn), isLast: i === names.length - 1, options },
        ),
      ),
    };
  },
};

/** Lowest first; of very many the ends. */
function chosenOf(rows: readonly PlotRow[]): PlotRow[] {
  const sorted = [...rows].sort((a, b) => Number(a.drift) - Number(b.drift));
  if (sorted.length <= 2 * MOST_EACH_SIDE) return sorted;
  return [...sorted.slice(0, MOST_EACH_SIDE), ...sorted.slice(-MOST_EACH_SIDE)];
}

function named(row: PlotRow, byDimension: boolean): PlotRow {
  const value = `${byDimension ? `${String(row.dimension)} · ` : ""}${String(row.sliceValue)}`;
  const settings = typeof row.settings === "string" ? ` (${row.settings})` : "";
  return { ...row, sliceName: `${value}${settings}` };
}

/** The same range on all panels, zero in it. */
function reachOf(rows: readonly PlotRow[]): [number, number] {
  const values = rows.flatMap(({ driftLow, driftHigh }) => [driftLow, driftHigh]).filter((value) => typeof value === "number");
  return [Math.floor(Math.min(-1, ...values)), Math.ceil(Math.max(1, ...values))];
}

interface PanelOf {
  readonly variant: string;
  readonly reach: readonly [number, number];
  readonly isLast: boolean;
  readonly options: PlotOptions;
}

function panel(rows: readonly PlotRow[], { variant, reach, isLast, options }: PanelOf) {
  const names = rows.map(({ sliceName }) => String(sliceName));
  const width = widthBesideNames(names, isNarrow(options) ? 40 : 90, options);
  const y = {
    ...{ field: "sliceName", type: "nominal" as const, sort: names, title: null },
    axis: nameAxis(options),
  };
  const x = {
    ...{ field: "drift", type: "quantitative" as const, title: isLast ? "drift from dense, points (right is better)" : null },
    ...{ scale: { domain: [...reach], nice: false }, axis: { grid: true } },
  };
  const color = { field: "colour", type: "nominal" as const, scale: null };
  const shown = [
    ...tooltip(["variant", "dimension", "sliceValue", "drift", "driftLow", "driftHigh", "pHolm", "pairs", "refusals"]),
    COMMAND,
  ];
  return {
    title: { text: variant, fontSize: 12, fontWeight: "bold" as const, offset: 4 },
    ...{ width, height: LINE * names.length + 10 },
    data: { values: [...rows] },
    layer: [
      {
        data: { values: [{}] },
        mark: { type: "rule" as const, color: INK },
        encoding: { x: { ...x, field: undefined, datum: 0 } },
      },
      {
        mark: { type: "rule" as const, strokeWidth: 2.5, opacity: 0.6 },
        encoding: { y, x: { ...x, field: "driftLow" }, x2: { field: "driftHigh" }, color, tooltip: shown },
      },
      { mark: { type: "point" as const, filled: true, size: 60, opacity: 1 }, encoding: { y, x, color, tooltip: shown } },
      {
        transform: [
          {
            calculate: `datum.pairs + '${isNarrow(options) ? "" : " pairs"}' + (isValid(datum.pHolm) && datum.pHolm < 0.05 ? ' *' : '')`,
            as: "label",
          },
        ],
        mark: { type: "text" as const, align: "left" as const, fontSize: 11, dx: 6 },
        encoding: { y, x: { value: width }, text: { field: "label", type: "nominal" as const } },
      },
    ],
  };
}

import { distinct, inlineRows, type PlotRow } from "./encoding.js";
import type { Plot } from "./plot.js";
import { INK, isNarrow, sheet, widthOf } from "./theme.js";

const HEIGHT = 110;
/** The axis ends above the highest bin, so that words fit there. */
const ROOM = 1.25;

/** How the weights are distributed, a panel a variant: bars for the compressed ones, a line for the dense ones, zeros in words. */
export const weights: Plot = {
  name: "weights",
  question: "What did it do to the weights?",
  source: "weights",
  needs: [
    ...(["variant", "method", "bits", "pattern", "weightFrom", "weightTo", "share", "denseShare"] as const),
    ...(["zeros", "denseZeros", "beyond", "weights"] as const),
  ],
  specify(table, options = {}) {
    const columns = isNarrow(options) ? 1 : 2;
    const panel = { width: Math.floor((widthOf(options) - 70) / columns) - 24, height: HEIGHT };
    const rows = inlineRows(table, weights);
    const variants = distinct(rows, "variant");
    const width = Number(rows[0].weightTo) - Number(rows[0].weightFrom);
    const beyond = Math.max(...rows.map((row) => Number(row.beyond)));
    const y = yOf(ROOM * Math.max(...rows.map(({ share, denseShare }) => Math.max(Number(share), Number(denseShare)))));
    const scaled = rows.some(({ method }) => method === "awq");
    return {
      ...sheet(
        weights.question,
        [
          "weights of all linear layers by size; bars: compressed, line: dense",
          `unit: root mean square of the dense matrix, bins of ${Number(width.toPrecision(3))}`,
          `${Number(rows[0].weights).toLocaleString("en")} weights`,
          `zeros stand in no bin, nor do at most ${percent(beyond)} at the far ends`,
          scaled ? "AWQ's weights with their scales" : undefined,
        ],
        options,
      ),
      data: { values: rows.map((row, i) => plainRow(row, row.variant !== rows[i - 1]?.variant)) },
      columns: Math.min(columns, variants.length),
      facet: { field: "variant", type: "nominal", sort: variants, title: null, header: { labelAnchor: "start" } },
      spacing: { row: 16, column: 18 },
      spec: { ...panel, layer: [bars(y), denseLine(y), zerosInWords(panel.width)] },
    };
  },
};

const x = { field: "weightFrom", type: "quantitative" as const, title: "weight, in root mean squares", axis: { grid: false } };

/** @param top of the axis */
function yOf(top: number) {
  return {
    field: "share",
    type: "quantitative" as const,
    title: "share of the weights",
    scale: { domain: [0, top], nice: false },
    axis: { format: "~%", tickCount: 4, titlePadding: 10 },
  };
}

const bars = (y: ReturnType<typeof yOf>) => ({
  mark: { type: "rect" as const, aria: false },
  encoding: {
    ...{ x, x2: { field: "weightTo" }, y, y2: { datum: 0 } },
    color: { field: "colour", type: "nominal" as const, scale: null },
    tooltip: [
      { field: "variant", title: "variant" },
      { field: "weightFrom", title: "from", format: ".1f" },
      { field: "weightTo", title: "to", format: ".1f" },
      { field: "share", title: "share", format: ".2%" },
      { field: "denseShare", title: "dense", format: ".2%" },
    ],
  },
});

const denseLine = (y: ReturnType<typeof yOf>) => ({
  transform: [{ calculate: "(datum.weightFrom + datum.weightTo) / 2", as: "middle" }],
  mark: { type: "line" as const, interpolate: "step" as const, color: INK, strokeWidth: 1, aria: false },
  encoding: { x: { ...x, field: "middle" }, y: { ...y, field: "denseShare" } },
});

const zerosInWords = (width: number) => ({
  transform: [{ filter: "isValid(datum.label)" }],
  mark: { type: "text" as const, align: "right" as const, baseline: "top" as const, fontSize: 11 },
  encoding: { x: { value: width }, y: { value: 2 }, text: { field: "label", type: "nominal" as const } },
});

/** What the panels need, and no more; the first row of each variant carries its words. */
function plainRow(row: PlotRow, isFirst: boolean): PlotRow {
  const { variant, colour, weightFrom, weightTo, share, denseShare } = row;
  const label = isFirst ? `zeros ${percent(row.zeros)}, dense ${percent(row.denseZeros)}` : null;
  return { variant, colour, weightFrom, weightTo, share: rounded(share), denseShare: rounded(denseShare), label };
}

const percent = (share: PlotRow[string]): string => `${(100 * Number(share)).toFixed(1)} %`;
const rounded = (value: PlotRow[string]): number => Number(Number(value).toPrecision(4));

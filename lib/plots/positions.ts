import { distinct, drawable, inlineRows, type PlotRow } from "./encoding.js";
import { endLabels } from "./end-labels.js";
import { logTicks } from "./labelled-points.js";
import type { Plot, PlotOptions } from "./plot.js";
import { sheet, widthOf } from "./theme.js";

const HEIGHT = 190;
const NAME = { gap: 12, fontSize: 11, character: 6.6 };

/** Perplexity by the tokens that stand before, a line a variant, and below it the ratio to dense, paired by window. */
export const positions: Plot = {
  name: "positions",
  question: "Where in the context does it hurt?",
  source: "positions",
  needs: [
    ...(["variant", "method", "bits", "pattern", "positionFrom", "positionTo", "perplexity", "perplexityLow"] as const),
    ...(["perplexityHigh", "perplexityRatio", "ratioLow", "ratioHigh", "scored", "clusters", "suite", "convention"] as const),
  ],
  specify(table, options = {}) {
    const rows = drawable(
      inlineRows(table, positions)
        .map((row): PlotRow => ({ ...row, position: Math.sqrt(Number(row.positionFrom) * Number(row.positionTo)) }))
        .filter(({ position, perplexity: value }) => Number(position) > 0 && Number(value) > 0),
      positions,
      { found: "no perplexity", expected: "a text that was measured", remedy: "measure one: %utility perplexity" },
    );
    const panels = PANELS.filter(({ field }) => rows.some((row) => typeof row[field] === "number"));
    return {
      ...sheet(
        positions.question,
        [
          "perplexity by the tokens before, in bins that double; lower is better",
          "bars: 95 % intervals over windows, where they have two ends",
          `text ${distinct(rows, "suite").join()}, ${distinct(rows, "convention").join()}`,
        ],
        options,
      ),
      spacing: 14,
      vconcat: panels.map((one, i) => panel(rows, one, { isLast: i === panels.length - 1, options })),
    };
  },
};

interface PanelField {
  readonly field: "perplexity" | "perplexityRatio";
  readonly low: "perplexityLow" | "ratioLow";
  readonly high: "perplexityHigh" | "ratioHigh";
  readonly title: string;
}

const PANELS: readonly PanelField[] = [
  { field: "perplexity", low: "perplexityLow", high: "perplexityHigh", title: "perplexity (log)" },
  { field: "perplexityRatio", low: "ratioLow", high: "ratioHigh", title: "over dense (log)" },
];

interface PanelOf {
  readonly isLast: boolean;
  readonly options: PlotOptions;
}

function panel(rows: readonly PlotRow[], { field, low, high, title }: PanelField, { isLast, options }: PanelOf) {
  const shown = rows.filter((row) => typeof row[field] === "number");
  const values = shown
    .flatMap((row) => [row[low], row[field], row[high]])
    .filter((value) => typeof value === "number")
    .filter((value) => value > 0);
  const domain = [Math.min(...values) / 1.05, Math.max(...values) * 1.05] as const;
  const names = distinct(rows, "variant");
  const ends = names.flatMap((name) => {
    const last = shown.filter(({ variant }) => variant === name).at(-1);
    return last === undefined ? [] : [{ name, value: Number(last[field]) }];
  });
  const room = Math.min(0.42 * widthOf(options), NAME.character * Math.max(...names.map((name) => name.length)));
  const width = Math.floor(widthOf(options) - 62 - room);
  const labels = endLabels(ends, { domain, height: HEIGHT, gap: NAME.gap }).map(({ name, value }) => ({
    variant: name,
    [field]: value,
  }));
  const x = {
    ...{ field: "position", type: "quantitative" as const, title: isLast ? "tokens before in the window (log)" : null },
    scale: { type: "log" as const, base: 2, nice: false, padding: 12 },
    axis: {
      grid: false,
      labelOverlap: true,
      values: [...new Set(shown.map(({ positionFrom }) => Number(positionFrom)))],
      format: "d",
    },
  };
  const y = {
    ...{ field, type: "quantitative" as const, title, scale: { type: "log" as const, nice: false, domain: [...domain] } },
    axis: { grid: true, values: logTicks(domain), format: "~g" },
  };
  const color = { field: "colour", type: "nominal" as const, scale: null };
  const detail = { field: "variant", type: "nominal" as const };
  const number = (name: string) => ({ field: name, title: name, format: ".3~f" });
  const tooltip = [
    ...["variant", "positionFrom", "positionTo", "scored", "clusters"].map((name) => ({ field: name, title: name })),
    ...[field, low, high].map(number),
  ];
  return {
    ...{ width, height: HEIGHT, data: { values: shown } },
    layer: [
      { mark: { type: "line" as const, strokeWidth: 1.5 }, encoding: { x, y, color, detail } },
      {
        // of few windows an interval may reach down to 0 or have no end: no place on a logarithmic axis
        transform: [{ filter: `datum.${low} > 0 && isValid(datum.${high})` }],
        mark: { type: "rule" as const, strokeWidth: 2, opacity: 0.5 },
        encoding: { x, y: { ...y, field: low }, y2: { field: high }, color, tooltip },
      },
      { mark: { type: "point" as const, filled: true, size: 44, opacity: 1 }, encoding: { x, y, color, tooltip } },
      {
        data: { values: labels },
        mark: { type: "text" as const, align: "left" as const, dx: 4, fontSize: NAME.fontSize, limit: room },
        encoding: { x: { value: width }, y, text: { field: "variant", type: "nominal" as const } },
      },
    ],
  };
}

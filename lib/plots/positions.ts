import { distinct, inlineRows, type PlotRow, SCHEMA, THEME, titleOf } from "./encoding.js";
import { logTicks } from "./labelled-points.js";
import type { Plot } from "./plot.js";

const SIZE = { width: 420, height: 190 };

/** Perplexity by the tokens that stand before, a line a variant, and below it the ratio to dense, paired by window. */
export const positions: Plot = {
  name: "positions",
  question: "Where in the context does it hurt?",
  source: "positions",
  needs: [
    ...(["variant", "method", "bits", "pattern", "positionFrom", "positionTo", "perplexity", "perplexityLow"] as const),
    ...(["perplexityHigh", "perplexityRatio", "ratioLow", "ratioHigh", "scored", "clusters", "suite", "convention"] as const),
  ],
  specify(table, { note } = {}) {
    const rows: PlotRow[] = inlineRows(table, positions).map((row) => ({
      ...row,
      position: Math.sqrt(Number(row.positionFrom) * Number(row.positionTo)),
    }));
    const panels = PANELS.filter(({ field }) => rows.some((row) => typeof row[field] === "number"));
    return {
      $schema: SCHEMA,
      config: THEME,
      title: titleOf(positions.question, [
        "perplexity by the tokens before, in bins that double; lower is better",
        "bars: 95 % intervals over windows, where they have two ends",
        `text ${distinct(rows, "suite").join()}, ${distinct(rows, "convention").join()}`,
        note,
      ]),
      spacing: 14,
      vconcat: panels.map((one, i) => panel(rows, one, i === panels.length - 1)),
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

function panel(rows: readonly PlotRow[], { field, low, high, title }: PanelField, isLast: boolean) {
  const shown = rows.filter((row) => typeof row[field] === "number");
  const values = shown
    .flatMap((row) => [row[low], row[field], row[high]])
    .filter((value) => typeof value === "number")
    .filter((value) => value > 0);
  const domain = [Math.min(...values) / 1.05, Math.max(...values) * 1.05];
  const ends = distinct(shown, "variant").flatMap((variant) => shown.filter((row) => row.variant === variant).slice(-1));
  const x = {
    ...{ field: "position", type: "quantitative" as const, title: isLast ? "tokens before in the window (log)" : null },
    scale: { type: "log" as const, base: 2, nice: false, padding: 12 },
    axis: { grid: false, values: [...new Set(shown.map(({ positionFrom }) => Number(positionFrom)))], format: "d" },
  };
  const isRatio = field === "perplexityRatio";
  const y = {
    ...{ field, type: "quantitative" as const, title, scale: { type: "log" as const, nice: false, domain } },
    axis: { grid: true, ...(isRatio ? { tickCount: 5, format: ".3~f" } : { values: logTicks(values) }) },
  };
  const color = { field: "colour", type: "nominal" as const, scale: null };
  const detail = { field: "variant", type: "nominal" as const };
  const number = (name: string) => ({ field: name, title: name, format: ".3~f" });
  const tooltip = [
    ...["variant", "positionFrom", "positionTo", "scored", "clusters"].map((name) => ({ field: name, title: name })),
    ...[field, low, high].map(number),
  ];
  return {
    ...{ ...SIZE, data: { values: shown } },
    layer: [
      { mark: { type: "line" as const, strokeWidth: 1.5 }, encoding: { x, y, color, detail } },
      {
        // of few windows an interval may reach down to 0 or have no end: no place on a logarithmic axis
        transform: [{ filter: `datum.${low} > 0 && isValid(datum.${high})` }],
        mark: { type: "rule" as const, strokeWidth: 2, opacity: 0.45 },
        encoding: { x, y: { ...y, field: low }, y2: { field: high }, color, tooltip },
      },
      { mark: { type: "point" as const, filled: true, size: 44, opacity: 1 }, encoding: { x, y, color, tooltip } },
      {
        data: { values: ends },
        mark: { type: "text" as const, align: "left" as const, dx: 8, fontSize: 11, limit: 150 },
        encoding: { x, y, color, text: { field: "variant", type: "nominal" as const } },
      },
    ],
  };
}

import type { ColumnName } from "../tables/index.js";
import { COMMAND, drawable, inlineRows, type PlotRow, tooltip } from "./encoding.js";
import { labelledPoints } from "./labelled-points.js";
import type { Plot, PlotOptions } from "./plot.js";
import { INK, sheet, widthOf } from "./theme.js";

/**
 * Size against the drift of the worst dimension, and below it what is left of utility, each with the line of variants that no other
 * one beats in both. A range of sizes brushed in the first panel is what the others show.
 */
export const frontier: Plot = {
  name: "frontier",
  question: "What do I pay for a smaller model?",
  source: "frontier",
  needs: [
    ...(["variant", "method", "bits", "pattern", "sizeMB", "worstDimension", "worstDrift", "driftLow", "driftHigh"] as const),
    ...(["reason", "perplexity", "perplexityLow", "perplexityHigh", "mmluScore", "mmluLow", "mmluHigh"] as const),
  ],
  specify(table, options = {}) {
    const rows = inlineRows(table, frontier)
      .filter(({ sizeMB }) => Number(sizeMB) > 0)
      .map((row): PlotRow => ({ ...row, sizeGB: Number(row.sizeMB) / 1000, command: worstCommand(row) }));
    const drifts = rows.filter(({ method, worstDrift }) => method !== "dense" && typeof worstDrift === "number");
    const panels = PANELS.filter(({ y }) =>
      y === "worstDrift"
        ? drifts.length > 0
        : rows.some((row) => typeof row[y] === "number" && (y === "mmluScore" || row[y] > 0)),
    );
    drawable(panels.length > 0 ? rows : [], frontier, {
      found: "no drift and no utility of any variant",
      expected: "answers of compressed variants and of dense, or a text that was measured",
      remedy: "%trust, %utility",
    });
    return {
      ...sheet(frontier.question, subtitleOf(rows, panels), options),
      spacing: 14,
      vconcat: panels.map((one, i) =>
        panelOf(rows, one, { isFirst: i === 0, isLast: i === panels.length - 1, isOnly: panels.length === 1, options }),
      ),
    };
  },
};

interface Panel {
  readonly y: ColumnName;
  readonly low: ColumnName;
  readonly high: ColumnName;
  readonly title: string;
  readonly log: boolean;
  /** 1 where higher is better, else −1. */
  readonly better: 1 | -1;
  readonly height: number;
}

const PANELS: readonly Panel[] = [
  { y: "worstDrift", low: "driftLow", high: "driftHigh", title: "worst dimension, points", log: false, better: 1, height: 230 },
  {
    y: "perplexity",
    low: "perplexityLow",
    high: "perplexityHigh",
    title: "perplexity (log)",
    log: true,
    better: -1,
    height: 200,
  },
  { y: "mmluScore", low: "mmluLow", high: "mmluHigh", title: "MMLU, %", log: false, better: 1, height: 160 },
];

function subtitleOf(rows: readonly PlotRow[], panels: readonly Panel[]): string[] {
  const has = (y: ColumnName): boolean => panels.some((panel) => panel.y === y);
  const untold = rows.filter(({ reason }) => typeof reason === "string");
  return [
    has("worstDrift")
      ? "drift from dense of the dimension that falls furthest, with its own 95 % interval"
      : "no drift from dense",
    has("perplexity") ? "perplexity: lower is better" : "",
    "dashed line: no variant is smaller and better",
    has("worstDrift") && untold.length > 0
      ? `not asked all: ${untold.map(({ variant, reason }) => `${String(variant)} (${String(reason)})`).join(", ")}`
      : "",
  ];
}

interface Place {
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly isOnly: boolean;
  readonly options: PlotOptions;
}

function panelOf(rows: readonly PlotRow[], { y, low, high, title, log, better, height }: Panel, place: Place) {
  const shown = rows.filter((row) => typeof row[y] === "number" && (!log || row[y] > 0));
  const width = widthOf(place.options) - 76;
  const points = labelledPoints(shown, {
    x: { field: "sizeGB", title: place.isLast ? "size, GB (log)" : null, log: true },
    y: { field: y, title, log },
    ...{ low, high, width, height, range: rows },
    tooltip: [...tooltip(["variant", "sizeMB", "worstDimension", y, low, high], ".3~f"), COMMAND],
  });
  const filter = place.isFirst ? [] : [{ filter: { param: BRUSH } }];
  const line = {
    data: { values: unbeaten(shown, { y, better }) },
    ...{ mark: { type: "line" as const, interpolate: "step-after" as const, color: INK, opacity: 0.45, strokeDash: [4, 3] } },
    encoding: { x: points.x, y: points.y },
  };
  const brush = { params: [{ name: BRUSH, select: { type: "interval" as const, encodings: ["x" as const] } }] };
  const layer = [line, ...points.layers].map((one) => ({
    ...one,
    transform: [...filter, ...("transform" in one ? one.transform : [])],
  }));
  return {
    ...{ width, height, data: { values: [...shown] } },
    layer:
      place.isFirst && !place.isOnly
        ? [{ ...layer[0], ...brush }, ...layer.slice(1)]
        : place.isOnly
          ? [line, ...points.layers]
          : layer,
  };
}

const BRUSH = "sizes";

/** By size; those that are better than every smaller one. */
function unbeaten(rows: readonly PlotRow[], { y, better }: Pick<Panel, "y" | "better">): PlotRow[] {
  const worth = (row: PlotRow): number => better * Number(row[y]);
  const sorted = [...rows].sort((a, b) => Number(a.sizeMB) - Number(b.sizeMB) || worth(b) - worth(a));
  let best = -Infinity;
  return sorted.filter((row) => {
    if (worth(row) <= best) return false;
    best = worth(row);
    return true;
  });
}

/** What shows the items of the worst dimension. */
const worstCommand = ({ variant, worstDimension }: PlotRow): string | null =>
  typeof worstDimension === "string" ? `%items --dimension ${worstDimension} --variants ${String(variant)}` : null;

import { distinct, inlineRows, nameAxis, type PlotRow, tooltip, widthBesideNames } from "./encoding.js";
import type { ColumnName } from "../tables/index.js";
import type { Plot, PlotOptions } from "./plot.js";
import { COLOURS, INK, isNarrow, sheet } from "./theme.js";

/** Published points are hollow and grey: they are another model's. */
const PUBLISHED = COLOURS.published;
const LINE = 20;

/** The published point beside ours, joined, a panel a dimension; where the study has nothing to lay beside it, the published alone. */
export const paper: Plot = {
  name: "paper",
  question: "Does it agree with the study?",
  source: "paper",
  needs: [
    "paperModel",
    "method",
    "bits",
    "pattern",
    "calibrationSeed",
    "rate",
    "dimension",
    "published",
    "variant",
    "score",
    "low",
    "high",
    "n",
  ],
  specify(table, options = {}) {
    const read = inlineRows(table, paper);
    const several = distinct(read, "paperModel").filter((name) => name !== "null").length > 1;
    const all: PlotRow[] = read.map((row) => ({ ...row, label: labelOf(row, several) })).sort(byStrength);
    const measured = all.filter(({ score }) => score !== null);
    const rows = measured.length > 0 ? measured : all;
    return {
      ...sheet(paper.question, subtitleOf(rows, measured.length > 0), options),
      spacing: 14,
      vconcat: distinct(rows, "dimension").map((dimension) =>
        panel(
          rows.filter((row) => row.dimension === dimension),
          { dimension, options, width: widthBesideNames(distinct(rows, "label"), 24, options) },
        ),
      ),
    };
  },
};

/** One dimension's points, a line a variant. */
function panel(
  rows: readonly PlotRow[],
  { dimension, options, width }: { readonly dimension: string; readonly options: PlotOptions; readonly width: number },
) {
  const labels = [...new Set(rows.map(({ label }) => label))];
  const y = { field: "label", type: "nominal" as const, title: null, sort: labels, axis: namesOf(options) };
  return {
    title: { text: dimension, fontSize: 12, offset: 6, frame: "bounds" as const },
    data: { values: [...rows] },
    width,
    height: LINE * labels.length,
    encoding: { y, tooltip: tooltip(TIPS) },
    layer: marks(),
  };
}

/** Where there is little room, what was done without our variant's name. */
const namesOf = (options: PlotOptions) => ({
  ...nameAxis(options),
  ...(isNarrow(options) ? { labelExpr: "split(datum.label, ' · ')[1] || datum.label" } : {}),
});

const TIPS: readonly ColumnName[] = [
  ...(["paperModel", "dimension", "rate", "calibrationSeed", "published", "variant", "score", "low", "high", "n"] as const),
];

/** A dashed line from the published point to ours, our interval, and both points. */
function marks() {
  const across = (field: string) => ({
    field,
    type: "quantitative" as const,
    title: "score (0–100)",
    scale: { domain: [0, 100] },
    axis: { values: [0, 20, 40, 60, 80, 100] },
  });
  return [
    {
      transform: [{ filter: "datum.score !== null && datum.published !== null" }],
      mark: { type: "rule" as const, color: INK, opacity: 0.5, strokeDash: [3, 2] },
      encoding: { x: across("published"), x2: { field: "score" } },
    },
    {
      transform: [{ filter: "datum.score !== null" }],
      mark: { type: "rule" as const, strokeWidth: 2.5, opacity: 0.6 },
      encoding: { x: across("low"), x2: { field: "high" }, color: { field: "colour", type: "nominal" as const, scale: null } },
    },
    {
      transform: [{ filter: "datum.published !== null" }],
      mark: { type: "point" as const, filled: false, size: 70, shape: "diamond" as const, color: PUBLISHED, strokeWidth: 1.8 },
      encoding: { x: across("published") },
    },
    {
      transform: [{ filter: "datum.score !== null" }],
      mark: { type: "point" as const, filled: true, size: 70, opacity: 1 },
      encoding: { x: across("score"), color: { field: "colour", type: "nominal" as const, scale: null } },
    },
  ];
}

function subtitleOf(rows: readonly PlotRow[], isOverlaid: boolean): (string | undefined)[] {
  const models = distinct(rows, "paperModel").filter((name) => name !== "null");
  const published = `◇ published: ${models.join(", ") || "no counterpart"}`;
  if (!isOverlaid) return [`${published}, no study at hand`];
  return [
    `● ours: ${ownModels(rows)}, 95 % interval`,
    published,
    "another model, suite and scorer: compare directions, not levels",
  ];
}

/** Ours by the variant's name, else what was done to the published model, which is named where there are several. */
function labelOf({ variant, method, bits, pattern, calibrationSeed, paperModel }: PlotRow, several: boolean): string {
  const what = [
    ...(typeof variant === "string" ? [variant, "·"] : []),
    String(method),
    ...(typeof bits === "number" ? [`${bits}-bit`] : []),
    ...(typeof pattern === "string" ? [pattern] : []),
    ...(typeof calibrationSeed === "number" ? [`seed ${calibrationSeed}`] : []),
    ...(several && typeof paperModel === "string" ? [`(${paperModel})`] : []),
  ];
  return paperModel === null && typeof variant === "string" ? variant : what.join(" ");
}

/** Dense first, then quantization with ever fewer bits, then pruning by method and pattern. */
function byStrength(a: PlotRow, b: PlotRow): number {
  const family = ({ method, bits }: PlotRow): number => (method === "dense" ? 0 : typeof bits === "number" ? 1 : 2);
  return (
    family(a) - family(b) ||
    Number(b.bits) - Number(a.bits) ||
    String(a.method).localeCompare(String(b.method)) ||
    String(a.pattern).localeCompare(String(b.pattern)) ||
    Number(a.calibrationSeed) - Number(b.calibrationSeed)
  );
}

const ownModels = (rows: readonly PlotRow[]): string =>
  distinct(
    rows.filter(({ model }) => typeof model === "string"),
    "model",
  ).join(", ");

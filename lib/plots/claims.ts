import { distinct, inlineRows, type PlotRow } from "./encoding.js";
import type { Plot } from "./plot.js";
import { COLOURS, INK, isNarrow, sheet, tint, widthOf } from "./theme.js";

/** Holds, does not, cannot be told: colours of a colour-blind-safe set, which a sign doubles. */
const LOOK: Readonly<Record<string, { readonly sign: string; readonly fill: string }>> = {
  holds: { sign: "holds", fill: tint(COLOURS.better, 0.7) },
  "does not hold": { sign: "not", fill: tint(COLOURS.worse, 0.9) },
  "cannot be told": { sign: "?", fill: tint(COLOURS.published, 0.2) },
};

/** Where a column has no room for a word. */
const SHORT_SIGNS: Readonly<Record<string, string>> = { holds: "✓", "does not hold": "✗" };

const COLUMN = 46;
const LINE = 22;
/** Characters of a claim that fit beside the cells. */
const LONGEST = 58;
const NARROWEST = 24;

/** The paper's claims as a list: a line a claim, a column a model, ours last. */
export const claims: Plot = {
  name: "claims",
  question: "Which of the paper's claims hold?",
  source: "claims",
  needs: ["claim", "claimText", "source", "paperModel", "figures", "outcome", "numbers"],
  specify(table, options = {}) {
    const longest = isNarrow(options) ? NARROWEST : LONGEST;
    const rows: PlotRow[] = inlineRows(table, claims).map(withLook);
    const lines = distinct(rows, "claimText").map((text) => lineOf(rows, text, longest));
    const models = [
      ...distinct(byFrequency(rows.filter(isPublished)), "paperModel"),
      ...distinct(
        rows.filter((row) => !isPublished(row)),
        "paperModel",
      ),
    ];
    const titles = models.map((model) =>
      rows.some((row) => row.paperModel === model && !isPublished(row)) ? `${model} (ours)` : model,
    );
    const shown = rows.map((row) => ({
      ...row,
      ...(isNarrow(options) ? { sign: SHORT_SIGNS[String(row.outcome)] ?? "?" } : {}),
      line: lineOf(rows, String(row.claimText), longest),
      column: titles[models.indexOf(String(row.paperModel))],
    }));
    const y = {
      field: "line",
      type: "nominal" as const,
      sort: lines,
      title: null,
      axis: { domain: false, ticks: false, labelLimit: 0, labelFontSize: 11 },
    };
    const x = {
      ...{ field: "column", type: "nominal" as const, sort: titles, title: null },
      axis: { domain: false, ticks: false, orient: "top" as const, labelAngle: -90, labelFontSize: 11 },
    };
    const tooltip = ["claimText", "source", "paperModel", "outcome", "numbers"].map((field) => ({ field, title: field }));
    return {
      ...sheet(
        claims.question,
        [
          "published figures are compared as they stand, without items",
          isOurs(rows) ? "ours with 95 % intervals" : "",
          "*: from memory, not verified",
          isNarrow(options) ? "✓ holds, ✗ does not, ? cannot be told" : "",
        ],
        options,
      ),
      width: Math.min(widthOf(options) - 6.5 * (longest + 4), COLUMN * titles.length),
      height: LINE * lines.length,
      data: { values: shown },
      encoding: { x, y, tooltip },
      layer: [
        {
          mark: { type: "rect", stroke: INK, strokeWidth: 1, strokeOpacity: 0.15 },
          encoding: { color: { field: "fill", type: "nominal", scale: null } },
        },
        {
          mark: { type: "text", fontSize: 10 },
          encoding: { text: { field: "sign", type: "nominal" } },
        },
      ],
    };
  },
};

/** The model that most claims speak of first. */
function byFrequency(rows: readonly PlotRow[]): PlotRow[] {
  const count = (model: unknown): number => rows.filter(({ paperModel }) => paperModel === model).length;
  return [...rows].sort((a, b) => count(b.paperModel) - count(a.paperModel));
}

const isPublished = ({ figures }: PlotRow): boolean => figures === "published";
const isOurs = (rows: readonly PlotRow[]): boolean => rows.some((row) => !isPublished(row));

function withLook(row: PlotRow): PlotRow {
  return { ...row, ...LOOK[String(row.outcome)] };
}

/** "8 8-bit quantization is nearly lossless in …*". */
function lineOf(rows: readonly PlotRow[], text: string, longest: number): string {
  const row = rows.find(({ claimText }) => claimText === text);
  const short = text.length > longest ? `${text.slice(0, longest - 1).trimEnd()}…` : text;
  return `${String(row?.claim)}  ${short}${String(row?.source).includes("M") ? "*" : ""}`;
}

import { distinct, inlineRows, type PlotRow, SCHEMA, THEME, titleOf, WIDTH } from "./encoding.js";
import type { Plot } from "./plot.js";

/** Holds, does not, cannot be told: colours of a colour-blind-safe set, which a sign doubles. */
const LOOK: Readonly<Record<string, { readonly sign: string; readonly fill: string; readonly ink: string }>> = {
  holds: { sign: "holds", fill: "#c6dbef", ink: "#08306b" },
  "does not hold": { sign: "not", fill: "#fdd0a2", ink: "#7f2704" },
  "cannot be told": { sign: "?", fill: "#f2f2f2", ink: "#767676" },
};

const COLUMN = 46;
const LINE = 22;
/** Characters of a claim that fit beside the cells. */
const LONGEST = 58;

/** The paper's claims as a list: a line a claim, a column a model, ours last. */
export const claims: Plot = {
  name: "claims",
  question: "Which of the paper's claims hold?",
  source: "claims",
  needs: ["claim", "claimText", "source", "paperModel", "figures", "outcome", "numbers"],
  specify(table, { note } = {}) {
    const rows: PlotRow[] = inlineRows(table, claims).map(withLook);
    const lines = distinct(rows, "claimText").map((text) => lineOf(rows, text));
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
      line: lineOf(rows, String(row.claimText)),
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
      $schema: SCHEMA,
      config: THEME,
      title: titleOf(claims.question, [
        "published figures are compared as they stand, without items",
        isOurs(rows) ? "ours with 95 % intervals" : "",
        "*: from memory, not verified",
        note,
      ]),
      width: Math.min(WIDTH - 380, COLUMN * titles.length),
      height: LINE * lines.length,
      data: { values: shown },
      encoding: { x, y, tooltip },
      layer: [
        {
          mark: { type: "rect", stroke: "white", strokeWidth: 2 },
          encoding: { color: { field: "fill", type: "nominal", scale: null } },
        },
        {
          mark: { type: "text", fontSize: 10 },
          encoding: { text: { field: "sign", type: "nominal" }, color: { field: "ink", type: "nominal", scale: null } },
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
function lineOf(rows: readonly PlotRow[], text: string): string {
  const row = rows.find(({ claimText }) => claimText === text);
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST - 1).trimEnd()}…` : text;
  return `${String(row?.claim)}  ${short}${String(row?.source).includes("M") ? "*" : ""}`;
}

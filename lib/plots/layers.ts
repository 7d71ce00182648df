import { distinct, drawable, inlineRows, type PlotRow } from "./encoding.js";
import { endLabels, type LogAxis } from "./end-labels.js";
import { logTicks } from "./labelled-points.js";
import type { Plot, PlotOptions } from "./plot.js";
import { COLOURS, INK, isNarrow, sheet, widthOf } from "./theme.js";

/** Relative errors of every matrix by depth, a panel a variant: of its weights, and of its outputs where these were measured. */
export const layers: Plot = {
  name: "layers",
  question: "Where does the error sit?",
  source: "layers",
  needs: ["variant", "method", "bits", "pattern", "block", "matrix", "relativeError", "outputError"],
  specify(table, options = {}) {
    const rows = drawable(
      inlineRows(table, layers).filter((row) => typeof row.block === "number" && typeof row.relativeError === "number"),
      layers,
      { found: "no layer with an error", expected: "compressed layers", remedy: "compress, with %compress" },
    );
    const changed = rows.filter((row) => Number(row.relativeError) > 0);
    const shown = changed.length > 0 ? changed : rows;
    const errors = ERRORS.filter(({ field }) => shown.some((row) => Number(row[field]) > 0));
    const variants = distinct(shown, "variant");
    const panels = variants.flatMap((variant, i) => {
      const ofVariant = shown.filter((row) => row.variant === variant);
      const isLast = i === variants.length - 1;
      const panels = errors.map((error) =>
        panel(ofVariant, {
          ...error,
          axis: axisOf(shown, error),
          variant,
          isLast,
          names: distinct(shown, "matrix"),
          width: panelWidth(options, errors.length),
        }),
      );
      return [isNarrow(options) ? { vconcat: panels } : { hconcat: panels }];
    });
    const kept = rows.length - changed.length;
    return {
      ...sheet(
        layers.question,
        [
          "relative error of each matrix by depth, one scale for all panels",
          ...errors.map(({ meaning }) => meaning),
          `${rows.length / variants.length} matrices a variant`,
          kept > 0 ? `${kept} without any error are not drawn` : undefined,
        ],
        options,
      ),
      data: { values: shown.map(plainRow) },
      spacing: 10,
      vconcat: panels,
    };
  },
};

interface ErrorColumn {
  readonly field: "relativeError" | "outputError";
  /** Of the axis. */
  readonly title: string;
  readonly meaning: string;
}

const ERRORS: readonly ErrorColumn[] = [
  { field: "relativeError", title: "weight error", meaning: "weights: ‖W′ − W‖ / ‖W‖" },
  { field: "outputError", title: "output error", meaning: "outputs: ‖(W′ − W)X‖ / ‖WX‖ on the calibration set X" },
];

/** After the colours that Okabe and Ito chose for all kinds of colour vision; in grey print the dashes tell lines apart. */
const LINES: Readonly<Record<string, { readonly colour: string; readonly dash: readonly number[] }>> = {
  q: { colour: COLOURS.blue3, dash: [1, 0] },
  k: { colour: COLOURS.blue8, dash: [6, 2] },
  v: { colour: COLOURS.green, dash: [2, 2] },
  o: { colour: INK, dash: [8, 2, 2, 2] },
  gate: { colour: COLOURS.ochre, dash: [6, 2] },
  up: { colour: COLOURS.pink, dash: [2, 2] },
  down: { colour: COLOURS.worse, dash: [1, 0] },
};

const HEIGHT = 96;
const LABEL = { gap: 12, fontSize: 11 };

/** Of two panels side by side, or of one where there is room for one only: axis and names beside it. */
function panelWidth(options: PlotOptions, columns: number): number {
  return columns === 1 || isNarrow(options) ? widthOf(options) - 116 : (widthOf(options) - 10) / columns - 106;
}

/** The smallest and the largest error of all panels, with some room. */
function axisOf(rows: readonly PlotRow[], { field }: Pick<ErrorColumn, "field">): LogAxis {
  const values = rows.map((row) => Number(row[field])).filter((value) => value > 0);
  const domain = values.length === 0 ? ([0.1, 1] as const) : ([Math.min(...values) / 1.2, Math.max(...values) * 1.2] as const);
  return { domain, height: HEIGHT, gap: LABEL.gap };
}

interface PanelOf extends ErrorColumn {
  readonly axis: LogAxis;
  readonly variant: string;
  readonly isLast: boolean;
  /** Matrices of all panels, which share their colours. */
  readonly names: readonly string[];
  readonly width: number;
}

function panel(rows: readonly PlotRow[], { field, title, axis, variant, isLast, names, width }: PanelOf) {
  const measured = rows.filter((row) => Number(row[field]) > 0);
  const ofWeights = field === "relativeError";
  const heading = {
    text: ofWeights ? variant : `${variant}: outputs`,
    color: INK,
    ...{ fontSize: 12, fontWeight: ofWeights ? ("bold" as const) : ("normal" as const), offset: 4 },
  };
  if (measured.length === 0) return { width, height: HEIGHT, title: heading, ...WITHOUT };
  const encoding = encodings(measured, { field, title, axis, isLast, names });
  const labels = endLabels(lineEnds(measured, field), axis).map(({ name, value }) => ({ matrix: name, [field]: value }));
  return {
    width,
    height: HEIGHT,
    title: heading,
    layer: [
      {
        transform: [
          { filter: { field: "variant", equal: variant } },
          { filter: `isValid(datum.${field}) && datum.${field} > 0` },
        ],
        mark: { type: "line" as const, strokeWidth: 1.5, aria: false },
        encoding,
      },
      {
        data: { values: labels },
        mark: { type: "text" as const, align: "left" as const, dx: 5, fontSize: LABEL.fontSize },
        encoding: {
          ...{ x: { value: width }, y: encoding.y },
          text: { field: "matrix", type: "nominal" as const },
        },
      },
      byBlock(measured, { field, variant, width, x: encoding.x }),
    ],
  };
}

/** Where the method made no Hessian of its inputs: an empty panel would pass for an oversight. */
const WITHOUT = {
  data: { values: [{}] },
  mark: { type: "text" as const, align: "left" as const, fontSize: 11, fontStyle: "italic" as const, color: INK },
  encoding: {
    ...{ x: { value: 0 }, y: { value: HEIGHT / 2 } },
    text: { value: "not measured by this method" },
  },
};

function encodings(
  rows: readonly PlotRow[],
  { field, title, axis, isLast, names }: Pick<PanelOf, "field" | "title" | "axis" | "isLast" | "names">,
) {
  const lines = names.map((name) => LINES[name] ?? LINES["o"]);
  const blocks = rows.map(({ block }) => Number(block));
  return {
    x: {
      field: "block",
      type: "quantitative" as const,
      title: isLast ? "block" : null,
      scale: { domain: [Math.min(...blocks), Math.max(...blocks)], nice: false, zero: false },
      axis: { grid: false, tickMinStep: 1, format: "d" },
    },
    y: {
      field,
      type: "quantitative" as const,
      title,
      scale: { type: "log" as const, domain: [...axis.domain], nice: false },
      axis: { grid: true, format: "~g", values: logTicks(axis.domain) },
    },
    color: {
      field: "matrix",
      type: "nominal" as const,
      scale: { domain: [...names], range: lines.map(({ colour }) => colour) },
      legend: null,
    },
    strokeDash: {
      field: "matrix",
      type: "nominal" as const,
      scale: { domain: [...names], range: lines.map(({ dash }) => [...dash]) },
      legend: null,
    },
  };
}

/** Each matrix with its error in the deepest block that has one. */
function lineEnds(rows: readonly PlotRow[], field: ErrorColumn["field"]) {
  return distinct(rows, "matrix").map((name) => {
    const last = rows.filter(({ matrix }) => matrix === name).reduce((a, b) => (Number(b.block) > Number(a.block) ? b : a));
    return { name, value: Number(last[field]) };
  });
}

/** A column for the pointer over every block, which tells the errors of all its matrices. */
function byBlock(
  rows: readonly PlotRow[],
  { field, variant, width, x }: Pick<PanelOf, "field" | "variant" | "width"> & { readonly x: ReturnType<typeof encodings>["x"] },
) {
  const blocks = distinct(rows, "block").map((block) => {
    const matrices = rows.filter((row) => String(row.block) === block);
    return { block: Number(block), variant, ...Object.fromEntries(matrices.map((row) => [String(row.matrix), row[field]])) };
  });
  const numbers = distinct(rows, "matrix").map((name) => ({ field: name, title: name, format: ".3~g" }));
  return {
    data: { values: blocks },
    mark: { type: "rule" as const, strokeWidth: Math.max(2, width / blocks.length), opacity: 0, aria: false },
    encoding: { x, tooltip: [{ field: "variant", title: "variant" }, { field: "block", title: "block" }, ...numbers] },
  };
}

/** What the lines need, and no more. */
function plainRow({ variant, block, matrix, relativeError, outputError }: PlotRow): PlotRow {
  return { variant, block, matrix, relativeError: rounded(relativeError), outputError: rounded(outputError) };
}

const rounded = (value: PlotRow[string]): PlotRow[string] =>
  typeof value === "number" ? Number(value.toPrecision(4)) : (value ?? null);

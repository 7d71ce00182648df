import { InputError } from "../core/errors.js";
import { countText, distinct, inlineRows, type PlotRow } from "./encoding.js";
import type { Plot } from "./plot.js";
import { sheet, widthOf } from "./theme.js";

/**
 * Two lines by depth: the share of flips that restoring a block undoes, and that it alone causes, with their intervals; a panel a
 * variant. Blocks that do more than chance among alike ones would are named. Of kinds of matrices, points beside each other.
 */
export const attribution: Plot = {
  name: "attribution",
  question: "Which blocks cause the flips?",
  source: "attribution",
  needs: [
    ...(["variant", "method", "bits", "pattern", "part", "block", "matrix", "dimension", "flips", "controls", "scorer"] as const),
    ...(["undoneShare", "undoneLow", "undoneHigh", "undoneP", "undoneControls", "undoneFloor"] as const),
    ...(["causedShare", "causedLow", "causedHigh", "causedP", "causedControls", "causedFloor", "flipsFound"] as const),
  ],
  specify(table, options = {}) {
    const parts = inlineRows(table, attribution).filter(({ block, matrix }) => block !== null || matrix !== null);
    if (parts.length === 0) throw nothingAsked();
    const variants = distinct(parts, "variant");
    const isByBlock = parts.every(({ block }) => typeof block === "number");
    const points = parts.flatMap((row) => VIEWS.map((view) => pointOf(row, view)));
    const highest = Math.max(...points.map(({ high }) => Number(high)));
    const domain = [0, Math.min(1, Math.ceil(10 * highest) / 10)] as const;
    const of = distinct(parts, "flipsFound").length === 1 ? ` of ${distinct(parts, "flipsFound").join()}` : "";
    return {
      ...sheet(
        isByBlock ? attribution.question : "Which matrices cause the flips?",
        [
          `${distinct(parts, "dimension").join(", ")}: ${countText(parts, "flips", "flips")}${of} from dense, asked again`,
          "undone by restoring a part to dense, caused by compressing it alone: they don't sum to 100 %",
          "95 % intervals; named: p below 0.05 among alike parts; dotted: by chance",
          controlsText(parts),
          `scorer ${distinct(parts, "scorer").join(", ")}`,
        ],
        options,
      ),
      spacing: 14,
      vconcat: variants.map((variant, i) =>
        panel(
          points.filter((point) => point.variant === variant),
          { variant, domain, isByBlock, isLast: i === variants.length - 1, width: widthOf(options) - BESIDE },
        ),
      ),
    };
  },
};

const nothingAsked = (): InputError =>
  new InputError({
    where: "plot attribution",
    found: "no flips that were asked again",
    expected: "those of %attribute",
    remedy: "run %attribute first; %attribute --plan says what it costs",
  });

interface View {
  readonly name: "undone" | "caused";
  readonly label: string;
  readonly colour: string;
}

/** Blue and vermilion of Okabe and Ito's set; in grey print the dashes tell them apart. */
const VIEWS: readonly View[] = [
  { name: "undone", label: "restored: undone", colour: "#0072b2" },
  { name: "caused", label: "alone: caused", colour: "#d55e00" },
];

/** One part in one view: what the marks need, and no more. */
function pointOf(row: PlotRow, { name, label }: View): PlotRow {
  const p = row[`${name}P`] ?? null;
  return {
    ...{
      variant: row.variant ?? null,
      part: row.part ?? null,
      block: row.block ?? null,
      matrix: row.matrix ?? null,
      view: label,
    },
    ...{ share: row[`${name}Share`] ?? null, low: row[`${name}Low`] ?? null, high: row[`${name}High`] ?? null, p },
    ...{ changed: row[`${name}Controls`] ?? null, floor: row[`${name}Floor`] ?? null, flips: row.flips ?? null },
    standsOut: typeof p === "number" && p < 0.05,
  };
}

/** The most of the unchanged answers that any part changes: what the shares are to be read against. */
function controlsText(rows: readonly PlotRow[]): string {
  const shares = rows
    .filter(({ controls }) => Number(controls) > 0)
    .flatMap((row) => VIEWS.map(({ name }) => Number(row[`${name}Controls`]) / Number(row.controls)));
  if (shares.length === 0) return "no unchanged answers beside them";
  return `of the unchanged answers beside them no part changes more than ${Math.round(100 * Math.max(...shares))} %`;
}

interface PanelOf {
  readonly variant: string;
  readonly domain: readonly [number, number];
  readonly isByBlock: boolean;
  readonly isLast: boolean;
  readonly width: number;
}

/** Pixels for the axis on the left and the views' names on the right. */
const BESIDE = 172;
const HEIGHT = 150;

function panel(points: readonly PlotRow[], { variant, domain, isByBlock, isLast, width }: PanelOf) {
  const { x, y, color, strokeDash, offset } = encodings(points, { domain, isByBlock, isLast });
  const interval = { y: { ...y, field: "low" }, y2: { field: "high" }, color };
  return {
    title: { text: variant, fontSize: 12, fontWeight: "bold" as const, offset: 12 },
    ...{ width, height: HEIGHT },
    data: { values: [...points] },
    layer: [
      ...VIEWS.map((view) => floorLine(points, view, y)),
      isByBlock
        ? { mark: { type: "area" as const, opacity: 0.14, aria: false }, encoding: { x, ...interval } }
        : { mark: { type: "rule" as const, strokeWidth: 2.5, opacity: 0.55 }, encoding: { x, ...offset, ...interval } },
      ...(isByBlock
        ? [{ mark: { type: "line" as const, strokeWidth: 1.6, aria: false }, encoding: { x, y, color, strokeDash } }]
        : []),
      {
        mark: { type: "point" as const, filled: true, opacity: 1 },
        encoding: {
          ...{ x, ...offset, y, color, tooltip: TOOLTIP },
          size: { condition: { test: "datum.standsOut", value: 90 }, value: 24 },
        },
      },
      {
        transform: [{ filter: "datum.standsOut" }],
        mark: { type: "text" as const, dy: -10, fontSize: 11, fontWeight: "bold" as const },
        encoding: { x, ...offset, y, color, text: { field: isByBlock ? "block" : "matrix", type: "nominal" as const } },
      },
      {
        data: { values: labelsOf(points, domain) },
        mark: { type: "text" as const, align: "left" as const, dx: 10, fontSize: 11 },
        encoding: { x: { value: width }, y, color, text: { field: "view", type: "nominal" as const } },
      },
    ],
  };
}

const TOOLTIP = [
  ...["variant", "part", "view"].map((field) => ({ field, title: field })),
  ...["share", "low", "high"].map((field) => ({ field, title: field, format: ".1%" })),
  { field: "p", title: "p", format: ".3f" },
  { field: "changed", title: "unchanged answers that change" },
];

/** Where shares are by nothing but asking again; none where it isn't known, or is nought. */
function floorLine<Y extends object>(points: readonly PlotRow[], { label, colour }: View, y: Y) {
  const floor = points.find((point) => point.view === label && typeof point.floor === "number")?.floor;
  return {
    data: { values: typeof floor === "number" && floor > 0 ? [{ floor }] : [] },
    mark: { type: "rule" as const, color: colour, strokeDash: [1, 3], opacity: 0.8 },
    encoding: { y: { ...y, field: "floor" } },
  };
}

/** The views' names beside the last part's points, so far apart that both can be read. */
function labelsOf(points: readonly PlotRow[], [low, high]: PanelOf["domain"]): PlotRow[] {
  const ends = VIEWS.map(({ label }) => ({
    view: label,
    share: Number(points.findLast(({ view }) => view === label)?.share ?? 0),
  }));
  const gap = (14 * (high - low)) / HEIGHT;
  const [first, second] = [...ends].sort((a, b) => a.share - b.share);
  const upper = Math.min(high, Math.max(second.share, first.share + gap));
  return [
    { ...first, share: Math.min(first.share, upper - gap) },
    { ...second, share: upper },
  ];
}

/** Whole blocks, at most eleven of them. */
function blockTicks(last: number): number[] {
  const step = Math.ceil((last + 1) / 10);
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, i) => i * step);
}

function encodings(points: readonly PlotRow[], { domain, isByBlock, isLast }: Omit<PanelOf, "variant" | "width">) {
  const labels = VIEWS.map(({ label }) => label);
  const blocks = points.map(({ block }) => Number(block));
  const depth = {
    ...{ field: "block", type: "quantitative" as const, title: isLast ? "block, the first is 0" : null },
    scale: { domain: [Math.min(...blocks), Math.max(...blocks)], nice: false, zero: false, padding: 8 },
    axis: { grid: false, values: blockTicks(Math.max(...blocks)), format: "d" },
  };
  const kinds = {
    ...{ field: "matrix", type: "nominal" as const, title: isLast ? "matrices of all blocks" : null },
    ...{ sort: [...new Set(points.map(({ matrix }) => String(matrix)))], axis: { labelAngle: 0 } },
  };
  return {
    x: isByBlock ? depth : kinds,
    y: {
      ...{ field: "share", type: "quantitative" as const, title: "share of flips" },
      ...{ scale: { domain: [...domain], nice: false }, axis: { grid: true, format: ".0%", tickCount: 5 } },
    },
    offset: isByBlock ? {} : { xOffset: { field: "view", type: "nominal" as const, sort: labels } },
    color: {
      ...{ field: "view", type: "nominal" as const, legend: null },
      scale: { domain: labels, range: VIEWS.map(({ colour }) => colour) },
    },
    strokeDash: {
      ...{ field: "view", type: "nominal" as const, legend: null },
      scale: { domain: labels, range: [[1, 0], [5, 3]] }, // prettier-ignore
    },
  };
}

import type { ColumnName } from "../tables/index.js";
import type { PlotRow } from "./encoding.js";
import { placeLabels } from "./place-labels.js";
import { INK } from "./theme.js";

/** An axis of a labelled scatter. */
export interface PointAxis {
  readonly field: string;
  readonly title: string | null;
  readonly log?: boolean;
  /** Left out: "~g" at logarithmic ticks. */
  readonly format?: string;
}

/** What a labelled scatter of variants shows. */
export interface LabelledPoints {
  readonly x: PointAxis;
  readonly y: PointAxis;
  /** Columns of the interval in y. */
  readonly low: ColumnName;
  readonly high: ColumnName;
  /** Of the panel, in pixels. */
  readonly width: number;
  readonly height: number;
  /** What the axis across reaches over; default: the rows drawn. */
  readonly range?: readonly PlotRow[];
  readonly tooltip: readonly { readonly field: string; readonly title: string; readonly format?: string }[];
}

const LABEL = 11;
/** Room around the outermost points, in pixels. */
const PAD = { x: 16, y: 16 };

/** Axes and layers of points with vertical intervals, each with its variant's name beside it, joined to it where it had to move: no legend needed. */
export function labelledPoints(rows: readonly PlotRow[], plot: LabelledPoints) {
  const { x, y, low, high, width, height, tooltip, range = rows } = plot;
  const domains = {
    x: padded(numbersOf(range, [x.field]), { log: x.log, share: PAD.x / width }),
    y: padded(numbersOf(rows, [low, y.field, high]), { log: y.log, share: PAD.y / height }),
  };
  const scaleOf = (axis: PointAxis, domain: readonly number[]) => ({
    field: axis.field,
    type: "quantitative" as const,
    title: axis.title,
    scale: { ...(axis.log ? { type: "log" as const } : {}), domain: [...domain], nice: false },
  });
  const across = { ...scaleOf(x, domains.x), axis: { grid: false, ...ticksOf(x, domains.x, Math.round(width / 80)) } };
  const up = { ...scaleOf(y, domains.y), axis: { grid: true, ...ticksOf(y, domains.y, Math.round(height / 40)) } };
  const colour = { field: "colour", type: "nominal" as const, scale: null };
  const points = rows.map((row) => ({
    name: String(row.variant),
    x: width * shareOf(Number(row[x.field]), domains.x, x.log),
    y: height * (1 - shareOf(Number(row[y.field]), domains.y, y.log)),
  }));
  const labels = placeLabels(points, { width, height, fontSize: LABEL }).map(({ name, align, isAway, ...place }) => {
    const { sizeGB = null } = rows.find(({ variant }) => variant === name) ?? {};
    const valueX = (at: number): number => valueAt(at / width, domains.x, x.log);
    const valueY = (at: number): number => valueAt(1 - at / height, domains.y, y.log);
    const ends = { labelX: valueX(place.labelX), labelY: valueY(place.labelY), pointX: valueX(place.x), pointY: valueY(place.y) };
    return { variant: name, sizeGB, align, isAway, ...ends };
  });
  const layers = [
    {
      data: { values: labels.filter(({ isAway }) => isAway) },
      mark: { type: "rule" as const, color: INK, opacity: 0.35, strokeWidth: 0.8 },
      encoding: joined(across, up),
    },
    {
      transform: [
        { filter: [low, high].map((end) => `isValid(datum.${end})${y.log ? ` && datum.${end} > 0` : ""}`).join(" && ") },
      ],
      mark: { type: "rule" as const, strokeWidth: 2, opacity: 0.5 },
      encoding: { x: across, y: { ...up, field: low }, y2: { field: high }, color: colour, tooltip: [...tooltip] },
    },
    {
      mark: { type: "point" as const, filled: true, size: 80, opacity: 1 },
      encoding: { x: across, y: up, color: colour, tooltip: [...tooltip] },
    },
    ...(["left", "right"] as const).map((align) => ({
      data: { values: labels.filter((label) => label.align === align) },
      mark: { type: "text" as const, align, fontSize: LABEL },
      encoding: {
        x: { ...across, field: "labelX" },
        y: { ...up, field: "labelY" },
        text: { field: "variant", type: "nominal" as const },
      },
    })),
  ];
  return { x: across, y: up, layers };
}

const joined = <X extends object, Y extends object>(across: X, up: Y) => ({
  x: { ...across, field: "pointX" },
  y: { ...up, field: "pointY" },
  x2: { field: "labelX" },
  y2: { field: "labelY" },
});

interface Padding {
  readonly log: boolean | undefined;
  /** Of the axis, on both sides. */
  readonly share: number;
}

/** The values' range with room on both sides; of one value its surroundings. */
function padded(values: readonly number[], { log, share }: Padding): [number, number] {
  const known = log ? values.filter((value) => value > 0).map(Math.log) : values;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const reach = high > low ? high - low : log ? 0.2 : Math.max(1, Math.abs(high) / 10);
  const room = (reach * share) / (1 - 2 * share) + (high > low ? 0 : reach / 2);
  return log ? [Math.exp(low - room), Math.exp(high + room)] : [low - room, high + room];
}

/** Where a value stands on an axis, 0 to 1. */
function shareOf(value: number, [low, high]: readonly [number, number], log: boolean | undefined): number {
  return log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

/** The value at a share of an axis. */
const valueAt = (share: number, [low, high]: readonly [number, number], log: boolean | undefined): number =>
  log ? low * (high / low) ** share : low + share * (high - low);

function ticksOf({ log, format }: PointAxis, domain: readonly [number, number], tickCount: number) {
  const shown = format === undefined ? {} : { format };
  return log ? { values: logTicks(domain), format: format ?? "~g" } : { tickCount, ...shown };
}

const numbersOf = (rows: readonly PlotRow[], fields: readonly string[]): number[] =>
  rows.flatMap((row) => fields.map((field) => row[field])).filter((value) => typeof value === "number");

/** Round numbers inside of a logarithmic axis: powers of ten, or 1, 2, 5, or more of them where it is short, so that there are three or more. */
export function logTicks(values: readonly number[]): number[] {
  const known = values.filter((value) => value > 0);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  if (!(high > 0)) return [];
  const decades = Array.from(
    { length: Math.floor(Math.log10(high)) - Math.floor(Math.log10(low)) + 1 },
    (_, i) => Math.floor(Math.log10(low)) + i,
  );
  const inside = (steps: readonly number[]): number[] =>
    decades
      .flatMap((decade) => steps.map((step) => Number((step * 10 ** decade).toPrecision(3))))
      .filter((tick) => tick >= low && tick <= high);
  const choices = STEPS.map(inside);
  return choices.find((ticks) => ticks.length >= 3) ?? choices[choices.length - 1];
}

/** From coarse to fine. */
const STEPS: readonly (readonly number[])[] = [
  [1],
  [1, 3],
  [1, 2, 5],
  [1, 1.5, 2, 3, 4, 5, 7],
  Array.from({ length: 18 }, (_, i) => 1 + i / 2),
  Array.from({ length: 90 }, (_, i) => 1 + i / 10),
];

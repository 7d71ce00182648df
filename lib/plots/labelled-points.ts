import type { ColumnName } from "../tables/index.js";
import type { PlotRow } from "./encoding.js";

/** What a labelled scatter of variants shows. */
export interface LabelledPoints {
  readonly x: { readonly field: ColumnName; readonly title: string; readonly log?: boolean };
  readonly y: { readonly field: ColumnName; readonly title: string; readonly log?: boolean; readonly domain?: readonly number[] };
  /** Columns of the interval in y. */
  readonly low: ColumnName;
  readonly high: ColumnName;
}

/**
 * Points with vertical intervals, each with its variant's name beside it: no legend needed. Of points that are so close that
 * their names would meet, the upper one has its name above and the lower one below.
 */
export function labelledPoints(rows: readonly PlotRow[], { x, y, low, high }: LabelledPoints) {
  const xScale = x.log ? { type: "log" as const, nice: false, padding: 40 } : { zero: false, padding: 40 };
  const yScale = {
    ...(y.log ? { type: "log" as const, nice: false, padding: 24 } : { zero: false }),
    ...(y.domain ? { domain: [...y.domain] } : {}),
  };
  const across = { field: x.field, type: "quantitative" as const, title: x.title, scale: xScale, axis: { grid: false } };
  const up = {
    field: y.field,
    type: "quantitative" as const,
    title: y.title,
    scale: yScale,
    axis: { grid: true, ...(y.log ? { values: logTicks(numbersOf(rows, [low, y.field, high])) } : {}) },
  };
  const colour = { field: "colour", type: "nominal" as const, scale: null };
  const tooltip = (["variant", x.field, y.field, low, high] as const).map((field) => ({ field, title: field }));
  return [
    {
      mark: { type: "rule" as const, strokeWidth: 2, opacity: 0.45 },
      encoding: { x: across, y: { ...up, field: low }, y2: { field: high }, color: colour, tooltip },
    },
    {
      mark: { type: "point" as const, filled: true, size: 90, opacity: 1 },
      encoding: { x: across, y: up, color: colour, tooltip },
    },
    ...LABELS.map(({ place, dy, align, dx }) => ({
      data: { values: placed(rows, { x, y }).filter((row) => row.place === place && row.align === align) },
      mark: { type: "text" as const, align, dx, dy, fontSize: 11, limit: 320 },
      encoding: { x: across, y: up, text: { field: "variant", type: "nominal" as const }, color: colour },
    })),
  ];
}

const PLACES = [
  { place: "beside", dy: -1 },
  { place: "above", dy: -10 },
  { place: "below", dy: 11 },
] as const;

/** Names stand to the right of their points, but at the right edge to the left of them: they would be cut off. */
const LABELS = PLACES.flatMap((place) => [
  { ...place, align: "left" as const, dx: 9 },
  { ...place, align: "right" as const, dx: -9 },
]);
const EDGE = 0.75;

/** Names of about 160 of 480 pixels across, 16 of 320 up: as shares of the axes. */
const NAME = { across: 0.33, up: 0.05 };

function placed(rows: readonly PlotRow[], { x, y }: Pick<LabelledPoints, "x" | "y">): PlotRow[] {
  const across = shares(rows, x);
  const up = shares(rows, y);
  return rows.map((row, i) => {
    const near = rows.flatMap((_, j) =>
      j !== i && Math.abs(across[i] - across[j]) < NAME.across && Math.abs(up[i] - up[j]) < NAME.up ? [j] : [],
    );
    const align = across[i] > EDGE ? "right" : "left";
    if (near.length === 0) return { ...row, align, place: "beside" };
    const above = near.filter((j) => up[j] < up[i] || (up[j] === up[i] && j > i)).length;
    return { ...row, align, place: 2 * above >= near.length ? "above" : "below" };
  });
}

/** Where each row stands on an axis, 0 to 1 over the rows' range. */
function shares(rows: readonly PlotRow[], { field, log = false }: LabelledPoints["x"]): number[] {
  const values = rows.map((row) => (log ? Math.log(Number(row[field])) : Number(row[field])));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return values.map((value) => (high > low ? (value - low) / (high - low) : 0));
}

const numbersOf = (rows: readonly PlotRow[], fields: readonly ColumnName[]): number[] =>
  rows.flatMap((row) => fields.map((field) => row[field])).filter((value) => typeof value === "number");

/** 1, 2 and 5 of each decade around the values above 0, or only 1 where these would be many. */
export function logTicks(values: readonly number[]): number[] {
  const exponents = values.filter((value) => value > 0).map((value) => Math.floor(Math.log10(value)));
  const [first, last] = [Math.min(...exponents), Math.max(...exponents)];
  const decades = Array.from({ length: last - first + 2 }, (_, i) => 10 ** (first + i));
  return decades.flatMap((decade) => (decades.length > 4 ? [decade] : [decade, 2 * decade, 5 * decade]));
}

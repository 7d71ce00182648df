import type { ColumnName } from "../tables/index.js";
import { nameAxis } from "./encoding.js";
import type { PlotOptions } from "./theme.js";

/** Which columns make an interval plot, one row a variant. */
export interface IntervalColumns {
  readonly value: ColumnName;
  readonly low: ColumnName;
  readonly high: ColumnName;
  /** Axis title with unit; null where a panel below has it. */
  readonly title: string | null;
  /** Ends of the axis. */
  readonly domain: readonly number[];
  /** Pixels of the marks across: labels stand behind. */
  readonly width: number;
  /** The order of variants, top to bottom. */
  readonly variants: readonly string[];
  /** Several tasks stand below each other within a variant, told apart by shape. */
  readonly tasks: readonly string[];
  /** A Vega expression for the label at the right edge. */
  readonly label: string;
  readonly tooltip: readonly { readonly field: string; readonly title: string; readonly format?: string }[];
  readonly options: PlotOptions;
}

/** Points with intervals and direct labels: rule, point, text. One variant a line; tasks by shape. */
export function intervalLayers({ value, low, high, title, domain, tooltip, label, options, ...named }: IntervalColumns) {
  const { variants, tasks, width } = named;
  const byTask = tasks.length > 1;
  const y = {
    field: "variant",
    type: "nominal" as const,
    sort: [...variants],
    title: null,
    axis: nameAxis(options),
  };
  const offset = byTask ? { yOffset: { field: "task", type: "nominal" as const, sort: [...tasks] } } : {};
  const colour = { field: "colour", type: "nominal" as const, scale: null };
  const legend = { title: "task", columns: options.width === undefined || options.width > 400 ? 4 : 2 };
  const shape = byTask ? { shape: { field: "task", type: "nominal" as const, sort: [...tasks], legend } } : {};
  const scale = { domain: [...domain], nice: false };
  const x = { field: value, type: "quantitative" as const, title, scale, axis: { grid: true, tickCount: width < 160 ? 3 : 6 } };
  return [
    {
      mark: { type: "rule" as const, strokeWidth: 2.5, opacity: 0.6 },
      encoding: { y, ...offset, x: { ...x, field: low }, x2: { field: high }, color: colour, tooltip: [...tooltip] },
    },
    {
      mark: { type: "point" as const, filled: true, size: byTask ? 60 : 80, opacity: 1 },
      encoding: { y, ...offset, x, color: colour, ...shape, tooltip: [...tooltip] },
    },
    {
      transform: [{ calculate: label, as: "label" }],
      mark: { type: "text" as const, align: "left" as const, dx: 7, fontSize: byTask ? 10 : 11 },
      encoding: { y, ...offset, x: { value: width }, text: { field: "label", type: "nominal" as const } },
    },
  ];
}

/** Height of an interval plot: a line a variant, higher where tasks share it. */
export const intervalHeight = (variants: number, tasks: number): number =>
  Math.max(40, variants * (tasks > 1 ? 14 * tasks + 6 : 22));

/** Whole points around all numbers of these columns, with zero. */
export function pointsAround(rows: readonly Readonly<Record<string, unknown>>[], names: readonly ColumnName[]): [number, number] {
  const values = rows.flatMap((row) => names.map((name) => row[name])).filter((value) => typeof value === "number");
  return [Math.floor(Math.min(-1, ...values)), Math.ceil(Math.max(1, ...values))];
}

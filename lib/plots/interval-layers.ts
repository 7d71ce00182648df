import type { ColumnName } from "../tables/index.js";

/** Which columns make an interval plot, one row a variant. */
export interface IntervalColumns {
  readonly value: ColumnName;
  readonly low: ColumnName;
  readonly high: ColumnName;
  /** Axis title with unit. */
  readonly title: string;
  /** Ends of the axis; left out: what the data need, with zero. */
  readonly domain?: readonly number[];
  /** The order of variants, top to bottom. */
  readonly variants: readonly string[];
  /** Several tasks stand below each other within a variant, told apart by shape. */
  readonly tasks: readonly string[];
  /** A Vega expression for the label at the interval's right end. */
  readonly label: string;
  readonly tooltip: readonly { readonly field: string; readonly title: string; readonly format?: string }[];
}

/** Points with intervals and direct labels: rule, point, text. One variant a line; tasks by shape. */
export function intervalLayers({ value, low, high, title, domain, variants, tasks, label, tooltip }: IntervalColumns) {
  const byTask = tasks.length > 1;
  const y = {
    field: "variant",
    type: "nominal" as const,
    sort: [...variants],
    title: null,
    axis: { domain: false, ticks: false, labelPadding: 8 },
  };
  const offset = byTask ? { yOffset: { field: "task", type: "nominal" as const, sort: [...tasks] } } : {};
  const scale = domain === undefined ? { zero: true, nice: true } : { domain: [...domain] };
  const colour = { field: "colour", type: "nominal" as const, scale: null };
  const shape = byTask ? { shape: { field: "task", type: "nominal" as const, sort: [...tasks], legend: { title: "task" } } } : {};
  const x = { field: value, type: "quantitative" as const, title, scale, axis: { grid: true } };
  return [
    {
      mark: { type: "rule" as const, strokeWidth: 2.5, opacity: 0.55 },
      encoding: { y, ...offset, x: { ...x, field: low }, x2: { field: high }, color: colour, tooltip: [...tooltip] },
    },
    {
      mark: { type: "point" as const, filled: true, size: 90, opacity: 1 },
      encoding: { y, ...offset, x, color: colour, ...shape, tooltip: [...tooltip] },
    },
    {
      transform: [{ calculate: label, as: "label" }],
      mark: { type: "text" as const, align: "left" as const, dx: 7, fontSize: byTask ? 10 : 11 },
      encoding: { y, ...offset, x: { ...x, field: high }, text: { field: "label", type: "nominal" as const } },
    },
  ];
}

/** Height of an interval plot: a line a variant, higher where tasks share it. */
export const intervalHeight = (variants: number, tasks: number): number => Math.max(60, variants * (tasks > 1 ? 20 * tasks : 36));

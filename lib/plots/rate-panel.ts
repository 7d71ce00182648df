import { COMMAND, distinct, type PlotRow, tooltip } from "./encoding.js";
import { endLabels } from "./end-labels.js";
import { INK } from "./theme.js";

/** What a panel of the rate plot shares with the others, and its name. */
export interface RatePanel {
  readonly dimension: string;
  readonly isOnly: boolean;
  /** All rates drawn, ascending. */
  readonly rates: readonly number[];
  /** Ends of the axis of scores. */
  readonly scores: readonly [number, number];
  /** Pixels of the marks across. */
  readonly width: number;
}

const HEIGHT = 170;
const heightOf = ({ isOnly }: Pick<RatePanel, "isOnly">): number => (isOnly ? HEIGHT * 1.6 : HEIGHT);

/** One dimension: noise floor, bands, lines by method from dense on, dashed fit, points, and a tick at each method's chosen rate. */
export function ratePanel(rows: readonly PlotRow[], { dimension, isOnly, rates, scores, width }: RatePanel) {
  const height = heightOf({ isOnly });
  const dense = rows.filter(({ method }) => method === "dense");
  const others = rows.filter(({ method }) => method !== "dense");
  const methods = distinct(others, "method");
  const lines = methods.flatMap((method) => dense.map((row) => ({ ...row, method, colour: colourOf(others, method) })));
  const [first] = dense;
  const floor = dense.filter(({ noiseFloor }) => typeof noiseFloor === "number").map((row) => bandOf(row, scores));
  const { x, y } = encodings({ rates, scores, width });
  const colour = { field: "colour", type: "nominal" as const, scale: null };
  const byMethod = { detail: { field: "method", type: "nominal" as const } };
  const shown = [...tooltip([...SHOWN]), COMMAND];
  return {
    title: { text: dimension, fontSize: 12, fontWeight: "bold" as const, offset: 4 },
    width,
    height,
    data: { values: [...others] },
    layer: [
      {
        data: { values: floor },
        mark: { type: "rect" as const, color: INK, opacity: 0.1 },
        encoding: { y: { ...y, field: "floorLow" }, y2: { field: "floorHigh" } },
      },
      {
        data: { values: first === undefined ? [] : [first] },
        mark: { type: "rule" as const, color: INK, opacity: 0.6 },
        encoding: { y },
      },
      ...bands({ x, y, colour, byMethod }),
      {
        data: { values: [...others, ...lines] },
        mark: { type: "line" as const, strokeWidth: 1.5 },
        encoding: { x, y, color: colour, ...byMethod },
      },
      {
        transform: [{ filter: "isValid(datum.isotonicScore)" }],
        mark: { type: "line" as const, strokeDash: [4, 3], strokeWidth: 1.5 },
        encoding: { x, y: { ...y, field: "isotonicScore" }, color: colour, ...byMethod },
      },
      {
        data: { values: [...others, ...dense] },
        mark: { type: "point" as const, filled: true, size: 52, opacity: 1 },
        encoding: { x, y, color: colour, tooltip: shown },
      },
      {
        transform: [{ filter: "datum.recommended === true" }],
        mark: { type: "tick" as const, orient: "vertical" as const, thickness: 3, size: 16, opacity: 1 },
        encoding: { x, y: { value: height - 8 }, color: colour, tooltip: shown },
      },
      {
        data: { values: labelsOf(others, scores, height) },
        mark: { type: "text" as const, align: "right" as const, dx: -8, fontSize: 11 },
        encoding: { x, y, text: { field: "method", type: "nominal" as const } },
      },
    ],
  };
}

/** Pixels that the names at the left need. */
const LABEL = 72;

function encodings({ rates, scores, width }: Pick<RatePanel, "rates" | "scores" | "width">) {
  const x = {
    field: "rate",
    type: "quantitative" as const,
    title: "rate",
    scale: {
      type: "log" as const,
      base: 2,
      domain: [rates[0] / 2 ** ((LABEL / width) * 3.5), Math.max(1, ...rates) * 1.06],
      nice: false,
    },
    axis: { grid: false, values: [...rates], format: ".2~f" },
  };
  const y = {
    field: "score",
    type: "quantitative" as const,
    title: "score",
    scale: { domain: [...scores], nice: false, zero: false },
    axis: { grid: true, tickCount: 5 },
  };
  return { x, y };
}

/** Over seeds: an area along each line, and a rule at each rate, without which a method of one rate would show none. */
function bands<X, Y extends object, C, D extends object>({
  x,
  y,
  colour,
  byMethod,
}: Readonly<{ x: X; y: Y; colour: C; byMethod: D }>) {
  return [
    {
      transform: [{ filter: "datum.seeds > 2 && isValid(datum.seedLow)" }],
      mark: { type: "area" as const, opacity: 0.16 },
      encoding: { x, y: { ...y, field: "seedLow" }, y2: { field: "seedHigh" }, color: colour, ...byMethod },
    },
    {
      transform: [{ filter: "datum.seeds > 2 && isValid(datum.seedLow)" }],
      mark: { type: "rule" as const, strokeWidth: 2, opacity: 0.4 },
      encoding: { x, y: { ...y, field: "seedLow" }, y2: { field: "seedHigh" }, color: colour },
    },
  ];
}

const SHOWN = [
  "variant",
  "rate",
  "score",
  "seedLow",
  "seedHigh",
  "seeds",
  "drift",
  "driftBound",
  "frequency",
  "noiseFloor",
] as const;

const colourOf = (rows: readonly PlotRow[], method: string) => rows.find((row) => row.method === method)?.colour ?? null;

const bandOf = (row: PlotRow, [low, high]: RatePanel["scores"]): PlotRow => ({
  floorLow: Math.max(low, Number(row.score) - Number(row.noiseFloor)),
  floorHigh: Math.min(high, Number(row.score) + Number(row.noiseFloor)),
});

/** Each method's name at its strongest compression, moved apart where they would meet. */
function labelsOf(rows: readonly PlotRow[], [low, high]: RatePanel["scores"], height: number): PlotRow[] {
  const ends = distinct(rows, "method").map((method) =>
    rows.filter((row) => row.method === method).reduce((a, b) => (Number(b.rate) < Number(a.rate) ? b : a)),
  );
  const rates = [...new Set(ends.map((row) => row.rate))];
  return rates.flatMap((rate) => {
    const here = ends.filter((row) => row.rate === rate);
    // the labels' places are found on a logarithmic axis, which an exponential makes of this one
    const axis = { domain: [1, Math.exp((high - low) / 10)] as const, height, gap: 12 };
    const labels = endLabels(
      here.map((row) => ({ name: String(row.method), value: Math.exp((Number(row.score) - low) / 10) })),
      axis,
    );
    return labels.map(({ name, value }) => ({
      ...here.find((row) => row.method === name),
      method: name,
      score: low + 10 * Math.log(value),
    }));
  });
}

import { distinct, drawable, inlineRows, type PlotRow } from "./encoding.js";
import { logTicks } from "./labelled-points.js";
import { placeLabels } from "./place-labels.js";
import type { Plot, PlotOptions } from "./plot.js";
import { INK, isNarrow, sheet, widthOf } from "./theme.js";

const HEIGHT = 120;

/** Sizes of the input channels by depth, a panel an input: the largest and the median channel, dense in ink, and each variant. */
export const activations: Plot = {
  name: "activations",
  question: "Which inputs matter?",
  source: "activations",
  needs: [
    ...([
      "variant",
      "method",
      "bits",
      "pattern",
      "block",
      "inputOf",
      "channels",
      "inputMedian",
      "inputHigh",
      "inputMost",
    ] as const),
    ...(["mostChannel", "outlierChannels", "calibration", "tokens"] as const),
  ],
  specify(table, options = {}) {
    const rows = drawable(
      inlineRows(table, activations).filter(({ inputMost }) => Number(inputMost) > 0),
      activations,
      { found: "no activation above 0", expected: "inputs that differ from 0", remedy: "look at the model, with %model" },
    );
    const inputs = distinct(rows, "inputOf");
    const columns = isNarrow(options) ? 1 : 2;
    const size = { width: Math.floor((widthOf(options) - 14 * (columns - 1)) / columns) - 64, height: HEIGHT };
    const variants = distinct(rows, "variant");
    return {
      ...sheet(
        activations.question,
        [
          "root mean square of each input channel; line: the largest channel, dotted: the median one (log)",
          `numbers: which channel is the largest; ${outlierText(rows)}`,
          `lines: ${variants.join(", ")}`,
          `${distinct(rows, "tokens").join()} tokens of ${distinct(rows, "calibration").join()}`,
        ],
        options,
      ),
      ...{ columns, spacing: 14 },
      concat: inputs.map((input) =>
        panel(
          rows.filter(({ inputOf }) => inputOf === input),
          { input, size, options },
        ),
      ),
    };
  },
};

interface PanelOf {
  readonly input: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly options: PlotOptions;
}

function panel(rows: readonly PlotRow[], { input, size }: PanelOf) {
  const values = rows
    .flatMap(({ inputMedian, inputMost }) => [Number(inputMedian), Number(inputMost)])
    .filter((value) => value > 0);
  const domain: [number, number] = [Math.min(...values) / 1.15, Math.max(...values) * 1.6];
  const blocks = rows.map(({ block }) => Number(block));
  const ends: [number, number] = [Math.min(...blocks), Math.max(...blocks)];
  const x = {
    ...{ field: "block", type: "quantitative" as const, title: "block" },
    scale: { domain: ends[0] === ends[1] ? [ends[0] - 1, ends[1] + 1] : ends, nice: false, zero: false },
    axis: { grid: false, tickMinStep: 1, format: "d" },
  };
  const y = {
    ...{ field: "inputMost", type: "quantitative" as const, title: "channel's size" },
    scale: { type: "log" as const, domain, nice: false },
    axis: { grid: true, format: "~g", values: logTicks(domain) },
  };
  const color = { field: "colour", type: "nominal" as const, scale: null };
  const detail = { field: "variant", type: "nominal" as const };
  const tooltip = [
    ...(["variant", "block", "inputOf", "channels", "mostChannel", "outlierChannels"] as const).map((field) => ({
      field,
      title: field,
    })),
    ...(["inputMost", "inputHigh", "inputMedian"] as const).map((field) => ({ field, title: field, format: ".3~g" })),
  ];
  return {
    title: { text: `input of ${input}`, fontSize: 12, fontWeight: "bold" as const, offset: 4 },
    ...{ ...size, data: { values: rows.map(plainRow) } },
    layer: [
      { mark: { type: "line" as const, strokeWidth: 1.5, aria: false }, encoding: { x, y, color, detail } },
      {
        transform: [{ filter: "datum.inputMedian > 0" }],
        mark: { type: "line" as const, strokeWidth: 1.2, strokeDash: [2, 2], aria: false },
        encoding: { x, y: { ...y, field: "inputMedian" }, color, detail },
      },
      { mark: { type: "point" as const, filled: true, size: 14, opacity: 1, aria: false }, encoding: { x, y, color, tooltip } },
      {
        data: { values: peaks(rows, { domain, ends, size }) },
        mark: { type: "text" as const, fontSize: 10, color: INK, align: "left" as const },
        encoding: {
          x: { ...x, field: "labelBlock" },
          y: { ...y, field: "labelSize" },
          text: { field: "label", type: "nominal" as const },
        },
      },
    ],
  };
}

interface Axes {
  readonly domain: readonly [number, number];
  readonly ends: readonly [number, number];
  readonly size: PanelOf["size"];
}

/** The dense model's most prominent channel of each third of its depth, where it is an outlier, named beside its point. */
function peaks(rows: readonly PlotRow[], { domain: [low, high], ends: [first, last], size }: Axes): PlotRow[] {
  const own = rows.filter(({ method, outlierChannels }) => method === "dense" && Number(outlierChannels) > 0);
  const reach = Math.max(1, last - first);
  const thirds = [0, 1, 2].flatMap((third) => {
    const here = own.filter(({ block }) => Math.min(2, Math.floor((3 * (Number(block) - first)) / (reach + 1))) === third);
    return here.length === 0 ? [] : [here.reduce((a, b) => (Number(b.inputMost) > Number(a.inputMost) ? b : a))];
  });
  const points = thirds.map((row) => ({
    name: String(row.mostChannel),
    x: (size.width * (Number(row.block) - first)) / reach,
    y: size.height * (1 - Math.log(Number(row.inputMost) / low) / Math.log(high / low)),
  }));
  return placeLabels(points, { ...size, fontSize: 10 }).map(({ name, labelX, labelY, align }) => ({
    label: name,
    labelBlock: first + (reach * (align === "left" ? labelX : labelX - 6 * name.length)) / size.width,
    labelSize: low * (high / low) ** (1 - labelY / size.height),
  }));
}

function outlierText(rows: readonly PlotRow[]): string {
  const dense = rows.filter(({ method }) => method === "dense");
  const [found, all] = (["outlierChannels", "channels"] as const).map((name) =>
    dense.reduce((sum, row) => sum + Number(row[name]), 0),
  );
  return `${found} of ${all} channels are above six times their input's median`;
}

const plainRow = ({
  variant,
  method,
  colour,
  block,
  inputOf,
  channels,
  mostChannel,
  outlierChannels,
  ...row
}: PlotRow): PlotRow => ({
  ...{ variant, method, colour, block, inputOf, channels, mostChannel, outlierChannels },
  ...Object.fromEntries(
    (["inputMost", "inputHigh", "inputMedian"] as const).map((name) => [name, Number(Number(row[name]).toPrecision(4))]),
  ),
});

import { InputError } from "../core/errors.js";
import type { FlipName } from "../analysis/index.js";
import type { Cell } from "../tables/index.js";

/** The schema that JupyterLab's renderer knows. */
export const SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json";

/** Width of a notebook cell's plot in pixels, all labels included. */
export const WIDTH = 640;
/** A plot may be as narrow as this. */
const LEAST_WIDTH = 300;
const NARROW = 480;

/** How a plot is drawn, and what its subtitle says besides. */
export interface PlotOptions {
  /** The suite, say. */
  readonly note?: string | undefined;
  /** Pixels, all labels included. Default 640; 320 is half a notebook cell. */
  readonly width?: number | undefined;
}

/** Width of the marks of a scatter of the usual width, so that axis and labels beyond the last point fit the cell too. */
export const PLOT_WIDTH = 480;

/**
 * The colour of all text, axes and what belongs to the dense model. No single colour has a contrast of 4.5:1 on both white and
 * JupyterLab's dark ground (4.35:1 is the most), so text takes the colour of the page around it. A picture on its own brings its
 * ground: see `renderSvg`.
 */
export const INK = "currentColor";

/** Of a picture on its own, by the reader's setting: ink and ground. */
export const PAPER = { light: { ink: "#1f2328", ground: "#ffffff" }, dark: { ink: "#e6edf3", ground: "#111111" } } as const;

/**
 * Colours of marks. Each has a contrast of 3:1 or more on #ffffff and on #111111, so that they need not change with the ground;
 * they never colour text. Blue against orange, and the steps of each in lightness, are told apart by all kinds of colour vision.
 */
export const COLOURS = {
  ...{ blue8: "#3d95cc", blue4: "#2a7cc0", blue3: "#2c5fc4" },
  ...{ orange: "#d9702a", darkOrange: "#b0480a", ochre: "#b87d00" },
  ...{ green: "#0a8f68", pink: "#c06a9b", purple: "#a05195", khaki: "#9a8420" },
  ...{ worse: "#d55e00", better: "#2a7cc0", published: "#7f7f7f" },
} as const;

/** The look of all plots: no ground and no frame, light grid, system sans-serif of 12 px, titles to the left. */
export const THEME = {
  background: "transparent",
  font: "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Arial, sans-serif",
  view: { stroke: null },
  title: { anchor: "start", frame: "bounds", fontSize: 14, subtitleFontSize: 12, subtitleColor: INK, color: INK, offset: 12 },
  axis: {
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: "normal",
    labelColor: INK,
    titleColor: INK,
    titleOpacity: 0.8,
    gridColor: INK,
    gridOpacity: 0.12,
    domainColor: INK,
    domainOpacity: 0.4,
    tickColor: INK,
    tickOpacity: 0.4,
    labelLimit: 300,
  },
  header: { labelFontSize: 12, labelColor: INK, labelLimit: 300 },
  legend: {
    labelFontSize: 12,
    labelColor: INK,
    titleFontSize: 12,
    titleColor: INK,
    titleFontWeight: "normal",
    symbolBaseFillColor: INK,
    symbolBaseStrokeColor: INK,
    orient: "bottom",
  },
  text: { fontSize: 12, color: INK },
  rule: { color: INK },
} as const;

/**
 * What every plot begins with: schema, look, the question as title and below it what is shown, in lines that fit. Drawn live as SVG, which
 * takes the page's ink, also when its theme changes.
 */
export const sheet = (question: string, shown: readonly (string | undefined)[], options: PlotOptions = {}) => ({
  $schema: SCHEMA,
  config: THEME,
  usermeta: { embedOptions: { renderer: "svg" } },
  title: titleOf(question, [...shown, options.note], options),
});

/** The plot's width. @throws InputError below 300 or above 4,000 pixels */
export function widthOf({ width = WIDTH }: PlotOptions = {}): number {
  if (width >= LEAST_WIDTH && width <= 4000) return width;
  throw new InputError({ where: "a plot's width", found: String(width), expected: `${LEAST_WIDTH} to 4000 pixels` });
}

/** Whether there is no room for two panels side by side. */
export const isNarrow = (options: PlotOptions = {}): boolean => widthOf(options) < NARROW;

/** A title: the question, and below it what is shown, in lines that fit the plot's width. */
export function titleOf(question: string, subtitle: readonly (string | undefined)[], options: PlotOptions = {}) {
  const width = widthOf(options);
  const heading = wrapped([question], width / HEADING_CHARACTER);
  return {
    text: heading.length === 1 ? question : heading,
    subtitle: wrapped(
      subtitle.filter((part) => part !== undefined && part !== ""),
      width / CHARACTER,
    ),
  };
}

/** Pixels of a character of 12 px, and of a bold one of 14 px: a little more than the mean, as words differ. */
const CHARACTER = 7;
const HEADING_CHARACTER = 9;

/** Parts side by side where a line has room for both, and their words over several lines where it has not even for one. */
function wrapped(parts: readonly (string | undefined)[], most: number): string[] {
  const lines: string[] = [];
  for (const part of parts.filter((text) => text !== undefined)) {
    const last = lines.at(-1);
    const joined = `${last ?? ""} · ${part}`;
    if (last !== undefined && joined.length <= most) lines[lines.length - 1] = joined;
    else lines.push(...linesOf(part, most));
  }
  return lines;
}

function linesOf(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const joined = `${lines.at(-1) ?? ""} ${word}`;
    if (lines.length > 0 && joined.length <= most) lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  return lines;
}

/**
 * The colour of a variant by its method's family: dense in ink, quantization blue (darker with fewer bits), pruning orange
 * (darker with a stricter pattern).
 */
export function variantColour(row: { readonly method?: Cell; readonly bits?: Cell; readonly pattern?: Cell }): string {
  if (row.method === "dense") return INK;
  if (typeof row.bits === "number") return row.bits >= 8 ? COLOURS.blue8 : row.bits >= 4 ? COLOURS.blue4 : COLOURS.blue3;
  return typeof row.pattern === "string" && row.pattern.includes(":") ? COLOURS.darkOrange : COLOURS.orange;
}

/** The colour of a method's line: quantization blue, pruning orange, others green. */
export const methodColour = (method: string): string => METHOD_COLOURS[method] ?? COLOURS.green;

const METHOD_COLOURS: Readonly<Record<string, string>> = {
  ...{ dense: INK, rtn: COLOURS.blue8, gptq: COLOURS.blue3, awq: COLOURS.purple },
  ...{ magnitude: COLOURS.ochre, wanda: COLOURS.orange, sparsegpt: COLOURS.darkOrange },
};

/** Worse vermilion, better blue, into silence yellow-grey, into noise purple, unchanged faint ink. */
export const FLIP_COLOURS: Readonly<Record<FlipName, string>> = {
  kept: "#7f7f7f",
  lost: COLOURS.worse,
  unguarded: COLOURS.worse,
  gained: COLOURS.better,
  opened: COLOURS.better,
  withdrew: COLOURS.khaki,
  broke: COLOURS.purple,
  recovered: COLOURS.green,
};

/** The strongest tint that ink is still read on with 4.5:1, on a light and on a dark ground. */
export const STRONGEST_TINT = 0.5;

/** A colour laid over the ground, so that it is a pale one on white and a deep one on black. @param strength 0–1 of the strongest */
export function tint(colour: string, strength: number): string {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const opacity = STRONGEST_TINT * Math.min(1, Math.max(0, strength));
  return `rgba(${red},${green},${blue},${Number(opacity.toFixed(3))})`;
}

import type { TopLevelSpec } from "vega-lite";

import { INK, PAPER } from "./theme.js";

/**
 * A specification as SVG text, drawn by the same Vega as the live plot. What takes its ink from the page brings its own ground and
 * ink here, dark ones for readers who set that; in a page, whose style comes first, `.paper` can be left out and `color` set.
 * @throws Error where Vega-Lite has anything to say against it: ours are to compile without a warning
 */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const [{ compile }, vega] = await Promise.all([import("vega-lite"), import("vega")]);
  const complaints: string[] = [];
  const collect = (_method: string, _level: string, input: unknown): void => {
    complaints.push((typeof input === "object" && input !== null ? Object.values(input) : [input]).map(String).join(" "));
  };
  const { spec: compiled } = compile(spec, { logger: vega.logger(vega.Warn, "warn", collect) });
  if (complaints.length > 0) throw new Error(`the plot's specification: ${complaints.join("; ")}`);
  measureTextByLength(vega);
  const view = new vega.View(vega.parse(compiled), { renderer: "none" });
  try {
    return onPaper(numberedAnew(await view.toSVG()));
  } finally {
    view.finalize();
  }
}

/** Vega numbers clip paths and gradients on from picture to picture; the same plot is to have the same bytes. */
function numberedAnew(svg: string): string {
  const ids = [...new Set(Array.from(svg.matchAll(/ id="((?:clip|gradient_)\d+)"/g), ([, id]) => id))];
  return svg.replace(/(id="|url\(#)((?:clip|gradient_)\d+)/g, (whole, before: string, id: string) =>
    ids.includes(id) ? `${before}${id.replace(/\d+$/, "")}${ids.indexOf(id)}` : whole,
  );
}

/** `svg:root` is a picture on its own only: within a page the root is another, and the attributes stand. */
const STYLE =
  `<style>svg:root{color:${PAPER.light.ink}}@media (prefers-color-scheme:dark)` +
  `{svg:root{color:${PAPER.dark.ink}}svg:root .paper{fill:${PAPER.dark.ground}}}</style>`;

function onPaper(svg: string): string {
  if (!svg.includes(INK)) return svg;
  return svg.replace(/^(<svg)([^>]*>)/, (_, start: string, rest: string) => {
    const ground = `<rect class="paper" width="100%" height="100%" fill="${PAPER.light.ground}"/>`;
    return `${start} color="${PAPER.light.ink}"${rest}${STYLE}${ground}`;
  });
}

/** Mean width of a character of a sans-serif, as a share of the font's size. */
const CHARACTER = 0.56;

/** Without a canvas Vega takes 0.8 of the font's size a character, so that pictures get a wide empty margin. */
function measureTextByLength(vega: object): void {
  const metrics: unknown = Reflect.get(vega, "textMetrics");
  if (typeof metrics !== "object" || metrics === null) return; // only the margin is wider then
  const width = ({ fontSize = 11, limit = 0 }: { fontSize?: number; limit?: number }, text: unknown): number => {
    const whole = CHARACTER * fontSize * (typeof text === "string" || typeof text === "number" ? String(text).length : 0);
    return limit > 0 ? Math.min(limit, whole) : whole;
  };
  Reflect.set(metrics, "width", width);
}

import type { TopLevelSpec } from "vega-lite";

/**
 * A specification as SVG text, drawn by the same Vega as the live plot.
 * @throws Error where Vega-Lite has anything to say against it: ours are to compile without a warning
 */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const [{ compile }, vega] = await Promise.all([import("vega-lite"), import("vega")]);
  const complaints: string[] = [];
  const collect = (_method: string, _level: string, input: readonly unknown[]): void => {
    complaints.push(input.map(String).join(" "));
  };
  const { spec: compiled } = compile(spec, { logger: vega.logger(vega.Warn, "warn", collect) });
  if (complaints.length > 0) throw new Error(`the plot's specification: ${complaints.join("; ")}`);
  measureTextByLength(vega);
  const view = new vega.View(vega.parse(compiled), { renderer: "none" });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** Mean width of a character of a sans-serif, as a share of the font's size. */
const CHARACTER = 0.56;

/** Without a canvas Vega takes 0.8 of the font's size a character, so that pictures get a wide empty margin. */
function measureTextByLength(vega: object): void {
  const metrics: unknown = Reflect.get(vega, "textMetrics");
  if (typeof metrics !== "object" || metrics === null) return; // only the margin is wider then
  const width = ({ fontSize = 11 }: { fontSize?: number }, text: unknown): number =>
    CHARACTER * fontSize * (typeof text === "string" || typeof text === "number" ? String(text).length : 0);
  Reflect.set(metrics, "width", width);
}

import type { MimeBundle } from "../link.js";
import type { Renderers } from "./library.js";
import { toJson } from "./to-json.js";

/** JupyterLab 4 draws Vega-Lite up to 5: named here and nowhere else. */
const MIME = "application/vnd.vegalite.v5+json";
const SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json";
/** More rows than this are thinned out evenly. */
const MOST_ROWS = 5_000;

type Spec = Readonly<Record<string, unknown>>;

/** A Vega-Lite specification, or an object of vega-lite-api that makes one. */
export function isVegaLite(value: object): boolean {
  return specOf(value) !== undefined;
}

/** Specification, picture and text; no HTML, which would hide the chart. */
export async function vegaLiteBundle(value: object, { renderSvg }: Renderers): Promise<MimeBundle> {
  const { spec, note } = limitRows({ ...specOf(value), $schema: SCHEMA });
  const svg = await renderSvg(spec);
  return { [MIME]: spec, "image/svg+xml": svg, "text/plain": `${describe(spec)}${note}` };
}

function specOf(value: object): Spec | undefined {
  const method: unknown = Reflect.get(value, "toSpec");
  const made = isMethod(method) ? method.call(value) : value;
  if (!isRecord(made) || typeof made.$schema !== "string" || !made.$schema.includes("/vega-lite/")) return undefined;
  const plain = toJson(made);
  return isRecord(plain) ? plain : undefined;
}

function limitRows(spec: Spec): { readonly spec: Spec; readonly note: string } {
  const rows = rowsOf(spec);
  if (rows.length <= MOST_ROWS) return { spec, note: "" };
  const values = Array.from({ length: MOST_ROWS }, (_, i): unknown => rows[Math.floor((i * rows.length) / MOST_ROWS)]);
  return { spec: { ...spec, data: { values } }, note: `; ${MOST_ROWS} of ${rows.length} rows are drawn, evenly chosen` };
}

const rowsOf = ({ data }: Spec): readonly unknown[] => (isRecord(data) && Array.isArray(data.values) ? data.values : []);

/** "Vega-Lite plot: title (bar of variant and score, 12 rows)". */
function describe(spec: Spec): string {
  const title = titleOf(spec.title);
  const mark = isRecord(spec.mark) ? spec.mark.type : spec.mark;
  const fields = isRecord(spec.encoding)
    ? Object.values(spec.encoding).flatMap((channel) => (isRecord(channel) ? [channel.field] : []))
    : [];
  const named = fields.filter((field) => typeof field === "string");
  const rows = rowsOf(spec).length;
  const details = [
    ...(typeof mark === "string" ? [`${mark}${named.length > 0 ? ` of ${named.join(", ")}` : ""}`] : []),
    ...(rows > 0 ? [`${rows} rows`] : []),
  ];
  return `Vega-Lite plot${title === "" ? "" : `: ${title}`}${details.length > 0 ? ` (${details.join("; ")})` : ""}`;
}

function titleOf(title: unknown): string {
  const text = isRecord(title) ? title.text : title;
  return Array.isArray(text) ? text.join(" ") : typeof text === "string" ? text : "";
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isMethod = (value: unknown): value is (this: unknown) => unknown => typeof value === "function";

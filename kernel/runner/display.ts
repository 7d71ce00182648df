import { inspect } from "node:util";
import type { Renderers } from "./library.js";
import type { Bundle } from "./outputs.js";
import { pictureOf } from "./pictures.js";
import { isVegaLite, vegaLiteBundle } from "./vega-lite.js";
import { toJson } from "./to-json.js";

/** The method by which any object says how it is shown: it returns a MIME bundle. */
const DISPLAY = Symbol.for("Jupyter.display");

/** How values are rendered, and where a renderer's failure is reported. */
export interface Rendering {
  readonly renderers: Renderers;
  readonly complain: (text: string) => void;
}

/** A value's text: depth 4, at most 100 items of a list. */
export const plainText = (value: unknown): string => inspect(value, { depth: 4, maxArrayLength: 100 });

/**
 * What a value looks like. Its own `Symbol.for("Jupyter.display")` method first, then tables, Vega-Lite plots, pictures,
 * tensors and long typed arrays, else its text. A renderer that fails leaves the text and a line on stderr. Plain values are answered at once, without a promise.
 */
export function toBundle(value: unknown, rendering: Rendering): Bundle | Promise<Bundle> {
  const text = safeText(value);
  const plain: Bundle = { data: { "text/plain": text }, metadata: {} };
  const giveUp = (error: unknown): Bundle => {
    rendering.complain(`This value's picture could not be made: ${error instanceof Error ? error.message : String(error)}\n`);
    return plain;
  };
  try {
    const rendered = richBundle(value, rendering);
    return rendered ? rendered.then((data) => ({ data: { "text/plain": text, ...data }, metadata: {} }), giveUp) : plain;
  } catch (error) {
    return giveUp(error);
  }
}

/** A bundle that a person made: its values as JSON can hold them. */
export function rawBundle(value: unknown): Bundle["data"] {
  const data = toJson(value);
  return isRecord(data) ? data : { "text/plain": plainText(value) };
}

function richBundle(value: unknown, { renderers }: Rendering): Promise<Bundle["data"]> | undefined {
  if (!isObject(value)) return undefined;
  const own: unknown = Reflect.get(value, DISPLAY);
  if (isMethod(own)) return Promise.resolve().then(async () => rawBundle(await own.call(value)));
  if (isTable(value)) return tableBundle(value, renderers);
  if (isVegaLite(value)) return vegaLiteBundle(value, renderers);
  const picture = pictureOf(value);
  return picture && Promise.resolve().then(picture);
}

async function tableBundle(table: object, { tableHtml, tableText }: Renderers): Promise<Bundle["data"]> {
  const [html, text] = await Promise.all([tableHtml(table), tableText(table)]);
  return { "text/html": html, "text/plain": text };
}

/** An Arquero table, told by what it can do: Arquero need not be loaded for it. */
export function isTable(value: object): boolean {
  const has = (name: string): boolean => typeof Reflect.get(value, name) === "function";
  return has("numRows") && has("columnNames") && has("objects") && has("column");
}

/** A value may throw from its own inspect method or getters. */
function safeText(value: unknown): string {
  try {
    return plainText(value);
  } catch (error) {
    return `[no text: ${error instanceof Error ? error.message : "its inspection failed"}]`;
  }
}

const isObject = (value: unknown): value is object =>
  (typeof value === "object" && value !== null) || typeof value === "function";
const isRecord = (value: unknown): value is Bundle["data"] =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isMethod = (value: unknown): value is (this: unknown) => unknown => typeof value === "function";

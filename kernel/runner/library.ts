/** What display and globals need of the library, loaded when it is first used. */
export interface Renderers {
  readonly tableHtml: (table: unknown) => Promise<string>;
  readonly tableText: (table: unknown) => Promise<string>;
  readonly renderSvg: (spec: object) => Promise<string>;
}

const ENTRY = new URL("../../lib/index.js", import.meta.url);

/** The library's namespace, as a script would import it. */
export async function loadLibrary(): Promise<object> {
  const namespace: unknown = await import(ENTRY.href);
  if (typeof namespace !== "object" || namespace === null) throw new Error("the library's entry is no module");
  return namespace;
}

/** @throws Error if the library has no function of that name */
export async function callLibrary(name: string, argument: unknown): Promise<string> {
  const call: unknown = Reflect.get(await loadLibrary(), name);
  if (!isCall(call)) throw new Error(`the library has no ${name}`);
  return String(await call(argument));
}

const isCall = (value: unknown): value is (argument: unknown) => unknown => typeof value === "function";

/** The renderers as the library has them. */
export const libraryRenderers: Renderers = {
  tableHtml: (table) => callLibrary("tableHtml", table),
  tableText: (table) => callLibrary("tableText", table),
  renderSvg: (spec) => callLibrary("renderSvg", spec),
};

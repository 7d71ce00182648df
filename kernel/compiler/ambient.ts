import type { Magic } from "../magics/magic.js";
import type { Parameter } from "../magics/parameters.js";

/**
 * TypeScript declarations of what cells have in scope: `$magic` (what magic lines become), each magic's function, Arquero and
 * the library.
 * @param library absolute path of the library's built entry, without its extension
 */
export function ambientDeclarations(magics: readonly Magic[], library: string): string {
  const path = JSON.stringify(`${library}.js`);
  return `
declare module "touchstone" { export * from ${path}; }
type ColumnTable = import("arquero").ColumnTable;
declare const aq: typeof import("arquero");
declare const op: typeof import("arquero").op;
declare const touchstone: typeof import(${path});
declare const $magic: {
${magics.map(templateForm).join("\n")}
};
${magics.map(functionForm).join("\n")}
`;
}

/** A line magic gives its result; a cell magic a function of the cell's text. */
function templateForm({ name, kind, summary, result }: Magic): string {
  const given = kind === "line" ? `Promise<${result}>` : `(text: string) => Promise<${result}>`;
  return `  /** ${summary}. */\n  ${name}(text: TemplateStringsArray, ...values: unknown[]): ${given};`;
}

function functionForm({ name, kind, summary, positional, options, result }: Magic): string {
  if (kind === "cell") return "";
  const parameters = Object.entries(positional).map(([key, parameter]) => `${key}${mark(parameter)}: ${typeOf(parameter)}`);
  const fields = Object.entries(options).map(
    ([key, parameter]) => `/** ${parameter.summary} */ ${key}${mark(parameter)}: ${typeOf(parameter)}`,
  );
  const record = fields.length === 0 ? [] : [`options?: { ${fields.join("; ")} }`];
  return `/** ${summary}. */\ndeclare function ${name}(${[...parameters, ...record].join(", ")}): Promise<${result}>;`;
}

const mark = ({ required }: Parameter<unknown>): string => (required ? "" : "?");

/** Where a list is wanted, one value will do. */
function typeOf({ type, many }: Parameter<unknown>): string {
  return many ? `${type} | ${type.replace(/^readonly \((.*)\)\[\]$/, "$1")}` : type;
}

import type { Magic } from "../magics/magic.js";
import type { Parameter } from "../magics/parameters.js";

/** Declarations of what cells have in scope, by what brings its types with it. */
export type Ambient = readonly AmbientPart[];

/** Light declarations to start with, and the true ones, which bring thousands of types. */
export interface AmbientPart {
  readonly light: string;
  readonly full: string;
  /** A text that uses one of these names needs the full declarations. */
  readonly names: RegExp;
}

/**
 * TypeScript declarations of `$magic` (what magic lines become), each magic's function, Arquero and the library.
 * @param library absolute path of the library's built entry, without its extension
 */
export function ambientDeclarations(magics: readonly Magic[], library: string): Ambient {
  return [libraryPart(magics, library), TENSORFLOW];
}

const namesOf = (names: readonly string[]): RegExp =>
  new RegExp(`(?<![\\w$])(?:${names.map((name) => name.replace("$", "\\$")).join("|")})(?![\\w$])`);

/** TensorFlow.js as Touchstone itself computes with it. */
const TENSORFLOW: AmbientPart = {
  light: "declare const tf: any;",
  full: `
/** TensorFlow.js with its native backend; loaded when it is first used. */
declare const tf: typeof import("@tensorflow/tfjs-node-gpu");
`,
  names: namesOf(["tf"]),
};

function libraryPart(magics: readonly Magic[], library: string): AmbientPart {
  const globals = ["aq", "op", "touchstone", "$magic", ...magics.filter(({ kind }) => kind === "line").map(({ name }) => name)];
  return {
    light: globals.map((name) => `declare const ${name}: any;`).join("\n"),
    full: fullDeclarations(magics, JSON.stringify(`${library}.js`)),
    names: namesOf([...globals, "ColumnTable"]),
  };
}

function fullDeclarations(magics: readonly Magic[], path: string): string {
  return `
declare module "touchstone" { export * from ${path}; }
type ColumnTable = import("arquero").ColumnTable;
/** Arquero: tables. */
declare const aq: typeof import("arquero");
/** Arquero's functions for expressions. */
declare const op: typeof import("arquero").op;
/** The library: all that the magics do. */
declare const touchstone: typeof import(${path});
declare const $magic: {
${magics.map(templateForm).join("\n")}
};
${magics.map(functionForm).join("\n")}
`;
}

/** A line magic gives its result; a cell magic a function of the cell's text. */
function templateForm({ name, kind, summary, result }: Magic): string {
  const given = kind === "cell" ? `(text: string) => Promise<${result}>` : `Promise<${result}>`;
  return `  /** ${summary}. */\n  ${name}(text: TemplateStringsArray, ...values: unknown[]): ${given};`;
}

function functionForm({ name, kind, summary, positional, options, result }: Magic): string {
  if (kind !== "line") return "";
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

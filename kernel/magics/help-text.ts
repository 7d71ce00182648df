import type { Magic } from "./magic.js";
import { optionName } from "./options.js";
import type { Parameter } from "./parameters.js";

/** `%trust DIMENSIONS,… [--limit N]`. */
export function usage(magic: Magic): string {
  const positional = Object.entries(magic.positional).map(([name, parameter]) =>
    bracket(parameter, positionalShape(name, parameter)),
  );
  const options = Object.entries(magic.options).map(([name, parameter]) =>
    bracket(parameter, `${optionName(name)} ${parameter.shape}`.trim()),
  );
  return [`${["line", "text"].includes(magic.kind) ? "%" : "%%"}${magic.name}`, ...positional, ...options].join(" ");
}

/** All that there is to say about one magic, as plain text. */
export function helpText(magic: Magic): string {
  const rows = [
    ...Object.entries(magic.positional).map(([name, parameter]) => [positionalShape(name, parameter), explain(parameter)]),
    ...Object.entries(magic.options).map(([name, parameter]) => [
      `${optionName(name)} ${parameter.shape}`.trim(),
      explain(parameter),
    ]),
  ];
  const parts = [`${usage(magic)}\n\n${magic.summary}.`];
  if (rows.length > 0) parts.push(alignRows(rows));
  if (magic.examples.length > 0) parts.push(`Examples:\n${magic.examples.map((line) => `  ${line}`).join("\n")}`);
  parts.push(`As a function: ${functionForm(magic)}`);
  return parts.join("\n\n");
}

/** Every magic in a line, and what else a cell has. */
export function overview(magics: readonly Magic[]): string {
  const rows = magics.map(({ name, kind, summary }) => [`${["line", "text"].includes(kind) ? "%" : "%%"}${name}`, summary]);
  return [
    "Cells are TypeScript. A magic is a line that starts with %; each is also a function: await help('help').",
    alignRows(rows),
    "%name? shows options and examples; Tab completes names, options and values.",
    `In scope, without an import; a cell may declare the names anew:\n${alignRows(GLOBALS)}`,
  ].join("\n\n");
}

const GLOBALS = [
  ["display(value)", "shows a value below the cell: a table, a plot, a picture, text; {displayId, update} show it anew"],
  ["display.progress(list)", "the list's values, with a live line that counts them"],
  ["clearOutput()", "takes away what the cell has shown; {wait: true}: when something new is shown"],
  ["await input(prompt)", "asks for a line of text; {password: true} hides it"],
  ["abortSignal()", "fires when the running cell is interrupted"],
  ["aq, op", "Arquero: tables, and its functions for expressions"],
  ["tf", "TensorFlow.js, as the models run on it"],
  ["touchstone", "the library: all that the magics do"],
];

/** `await trust(dimensions, { limit })` with its result's type. */
export function functionForm(magic: Magic): string {
  const positional = Object.keys(magic.positional);
  const options = Object.keys(magic.options);
  const args = [...positional, ...(options.length > 0 ? [`{ ${options.join(", ")} }`] : [])];
  return `await ${magic.name}(${args.join(", ")})  // ${magic.result}`;
}

/** Rows of a name and its meaning, the meanings in one column. */
export function alignRows(rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, meaning]) => `  ${name.padEnd(width)}  ${meaning}`).join("\n");
}

const positionalShape = (name: string, { many }: Parameter<unknown>): string => `${name.toUpperCase()}${many ? ",…" : ""}`;

const bracket = ({ required }: Parameter<unknown>, shape: string): string => (required ? shape : `[${shape}]`);

function explain({ summary, fallback, values, flag }: Parameter<unknown>): string {
  const choices = Array.isArray(values) ? `; one of ${values.join(", ")}` : "";
  const standard =
    fallback === undefined || flag ? "" : `; default ${Array.isArray(fallback) ? fallback.join(",") : plain(fallback)}`;
  return `${summary}${choices}${standard}`;
}

const plain = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

import { inspect } from "node:util";

import { alignRows } from "./help-text.js";
import { magic } from "./magic.js";

const LONGEST = 60;

/** `%who`: what earlier cells declared. */
export const who = magic({
  name: "who",
  kind: "line",
  summary: "Lists the variables of earlier cells with their kinds and values, shortened",
  positional: {},
  options: {},
  examples: ["%who"],
  result: "void",
  load:
    () =>
    (_given, { variables, display }) => {
      const rows = Object.entries(variables()).map(([name, value]) => [name, describe(value)]);
      display({ "text/plain": rows.length === 0 ? "no variables yet" : alignRows(rows) }, { raw: true });
    },
});

/** "number  3", "ColumnTable  …"; a value whose getters throw is named all the same. */
function describe(value: unknown): string {
  try {
    const text = inspect(value, { depth: 1, maxArrayLength: 6, breakLength: Infinity }).replace(/\s+/g, " ");
    return `${kindOf(value)}  ${text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text}`;
  } catch {
    return `${typeof value}  (it can't be shown)`;
  }
}

function kindOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  const made: unknown = Reflect.get(value, "constructor");
  return typeof made === "function" && made.name !== "" ? made.name : "object";
}

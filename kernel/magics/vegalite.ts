import { InputError } from "../../lib/core/errors.js";
import { magic } from "./magic.js";

const SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json";

/** `%%vegalite`: the cell's text as a plot. */
export const vegalite = magic({
  name: "vegalite",
  kind: "cell",
  summary: "Draws the Vega-Lite specification (JSON) that the cell's text is",
  positional: {},
  options: {},
  examples: ['%%vegalite  // and below it: { "mark": "bar", "data": { "values": [] }, "encoding": {} }'],
  result: "void",
  load:
    () =>
    (_given, { text, display }) => {
      display({ $schema: SCHEMA, ...parse(text) });
    },
});

function parse(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
    throw new Error("it is no object");
  } catch (error) {
    throw new InputError({
      where: "%%vegalite",
      found: error instanceof Error ? error.message : String(error),
      expected: "a Vega-Lite specification as JSON",
    });
  }
}

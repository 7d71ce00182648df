import { InputError } from "../../lib/core/errors.js";
import { alignRows } from "./help-text.js";
import { magic } from "./magic.js";
import { list, text } from "./parameters.js";

/** Values of such names are not shown: a notebook is shared with its outputs. */
const SECRET = /token|key|secret|password|passwd|credential|auth/i;

/** `%env`: environment variables of the process that runs cells. */
export const env = magic({
  name: "env",
  kind: "line",
  summary: "Shows environment variables, or sets one; values of tokens, keys and passwords are never shown",
  positional: {
    variables: list(
      text("NAME shows it, NAME=VALUE sets it; all if left out", { values: () => Object.keys(process.env).sort() }),
    ),
  },
  options: {},
  examples: ["%env HF_ENDPOINT", "%env TOUCHSTONE_BACKEND=wasm", "%env  // all of them"],
  result: "void",
  load:
    () =>
    ({ variables = Object.keys(process.env).sort() }, { display }) => {
      const rows = variables.map((word) => (word.includes("=") ? set(word) : show(word)));
      display({ "text/plain": alignRows(rows) }, { raw: true });
    },
});

function set(word: string): [string, string] {
  const [name, ...rest] = word.split("=");
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    throw new InputError({ where: "%env", found: JSON.stringify(name), expected: "a name of letters, digits and underscores" });
  }
  process.env[name] = rest.join("=");
  return show(name);
}

function show(name: string): [string, string] {
  const value = process.env[name];
  return [name, value === undefined ? "(not set)" : SECRET.test(name) ? "(set; not shown)" : value];
}

import { magic } from "./magic.js";

/** `%lsmagic`: one line for each magic. */
export const lsmagic = magic({
  name: "lsmagic",
  kind: "line",
  summary: "Lists the magics with their options",
  positional: {},
  options: {},
  examples: ["%lsmagic"],
  result: "void",
  load:
    () =>
    (_args, { display, guide }) => {
      display({ "text/plain": guide.usages() }, { raw: true });
    },
});

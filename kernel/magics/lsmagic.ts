import { usage } from "./help-text.js";
import { magic } from "./magic.js";
import { allMagics } from "./registry.js";

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
    (_args, { display }) => {
      display({ "text/plain": Object.values(allMagics()).map(usage).join("\n") }, { raw: true });
    },
});

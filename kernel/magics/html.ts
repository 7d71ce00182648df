import { magic } from "./magic.js";

/** `%%html`: the cell's text as HTML. */
export const html = magic({
  name: "html",
  kind: "cell",
  summary: "Shows the cell's text as HTML",
  positional: {},
  options: {},
  examples: ["%%html  // and below it: <b>What we asked</b>"],
  result: "void",
  load:
    () =>
    (_given, { text, display }) => {
      display({ "text/html": text, "text/plain": text }, { raw: true });
    },
});

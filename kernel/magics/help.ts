import { magic } from "./magic.js";
import { text } from "./parameters.js";

/** `%help`: what there is, or everything about one magic. */
export const help = magic({
  name: "help",
  kind: "line",
  summary: "Shows what the magics do, or everything about one of them",
  positional: { name: text("a magic's name", { values: ({ magicNames }) => magicNames, shape: "NAME" }) },
  options: {},
  examples: ["%help  // all magics", "%help lsmagic  // one of them; also: %lsmagic?"],
  result: "void",
  load:
    () =>
    ({ name }, { display, guide }) => {
      const shown = name === undefined ? guide.overview() : guide.about(name.replace(/^%+/, ""));
      display({ "text/plain": shown }, { raw: true });
    },
});

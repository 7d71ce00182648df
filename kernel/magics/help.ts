import { alignRows, helpText } from "./help-text.js";
import { magic } from "./magic.js";
import { text } from "./parameters.js";
import { allMagics, findMagic } from "./registry.js";

export const help = magic({
  name: "help",
  kind: "line",
  summary: "Shows what the magics do, or everything about one of them",
  positional: { name: text("a magic's name", { values: () => Object.keys(allMagics()), shape: "NAME" }) },
  options: {},
  examples: ["%help  // all magics", "%help lsmagic  // one of them; also: %lsmagic?"],
  result: "void",
  load:
    () =>
    ({ name }, { display }) => {
      const shown = name === undefined ? overview() : helpText(findMagic(name.replace(/^%+/, "")));
      display({ "text/plain": shown }, { raw: true });
    },
});

function overview(): string {
  const rows = Object.values(allMagics()).map(({ name, kind, summary }) => [`${kind === "cell" ? "%%" : "%"}${name}`, summary]);
  return [
    "Cells are TypeScript. A magic is a line that starts with %; each is also a function: await help('help').",
    alignRows(rows),
    "%name? shows options and examples; Tab completes names, options and values.",
    "In scope: display, clearOutput, input, aq and op (Arquero), touchstone (the library).",
  ].join("\n\n");
}

import type { FlipName } from "../../lib/index.js";
import { magic } from "./magic.js";
import { choice, integer, list } from "./parameters.js";
import { selectionOf, selectionOptions } from "./results.js";
import { currentStudy, library } from "./workspace.js";

/** The names of changes; checked against the library's type, which a definition must not load. */
export const FLIP_NAMES = [
  ...(["unguarded", "lost", "broke", "withdrew", "opened", "gained", "recovered", "kept"] as const),
] as const satisfies readonly FlipName[];

/** `%items`: answers before and after compression, to read. */
export const items = magic({
  name: "items",
  kind: "line",
  summary:
    "Items side by side: prompt, the dense variant's answer and the compressed one's with differences marked, labels, log-probabilities; the most serious changes first",
  positional: {},
  options: {
    flip: list(choice("how the answer's state changed; every change if left out", FLIP_NAMES)),
    ...selectionOptions,
    limit: integer("items shown; the table holds all", { min: 0, default: 20 }),
  },
  examples: [
    "%items  // every change, the most serious first",
    "%items --flip unguarded --dimension ethics  // refused before, wrong now",
    "const lost = %items --flip lost,broke --variants rtn-3bit-g64",
    "lost.groupby('topic').count()  // the items as a table",
  ],
  result: "ColumnTable",
  load:
    () =>
    async (given, { session }) => {
      const study = await currentStudy(session);
      const { itemsBeside } = await library();
      const { flip, limit } = given;
      const { table, html, text } = await itemsBeside(study, { ...(await selectionOf(given, study)), flips: flip, limit });
      const bundle = { "text/html": html, "text/plain": text };
      // the table says itself how it is shown; what is made from it is shown as any table
      return Object.defineProperty(table, Symbol.for("Jupyter.display"), { value: () => bundle });
    },
});

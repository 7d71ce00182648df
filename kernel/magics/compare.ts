import { magic } from "./magic.js";
import { flag } from "./parameters.js";
import { selectionOf, selectionOptions } from "./results.js";
import { currentStudy, library } from "./workspace.js";

/** `%compare`: which answers changed, how, and both texts. */
export const compare = magic({
  name: "compare",
  kind: "line",
  summary: "The items whose answers changed from the dense variant, both answers side by side, the most serious first",
  positional: {},
  options: { ...selectionOptions, texts: flag("also items whose words changed but whose label did not") },
  examples: ["%compare  // every variant against dense", "%compare --variants rtn-3bit-g64 --texts"],
  result: "ColumnTable",
  load:
    () =>
    async (given, { session }) => {
      const study = await currentStudy(session);
      return (await library()).changedItemsTable(study, { ...(await selectionOf(given, study)), texts: given.texts });
    },
});

import { magic } from "./magic.js";
import { flag } from "./parameters.js";
import { selectionOf, selectionOptions, verdictOptions } from "./results.js";
import { currentStudy, library } from "./workspace.js";

/** `%compare`: the verdicts on drift, the matrix of flips that leads to the items, then which answers changed, how, and both texts. */
export const compare = magic({
  name: "compare",
  kind: "line",
  summary:
    "The verdicts on drift, the flips by kind, whose cells unfold to their items, then the items whose answers changed from the dense variant, both answers side by side, the most serious first",
  positional: {},
  options: { ...selectionOptions, ...verdictOptions, texts: flag("also items whose words changed but whose label did not") },
  examples: [
    "%compare  // every variant against dense",
    "%compare --variants rtn-3bit-g64 --texts",
    "%compare --margin 1  // what drift matters",
  ],
  result: "ColumnTable",
  load:
    () =>
    async (given, { session, display }) => {
      const study = await currentStudy(session);
      const { changedItemsTable, flipMatrices, repeatedNote, verdictsTable } = await library();
      const selection = await selectionOf(given, study);
      const { margin, correction, texts } = given;
      const repeated = await repeatedNote(study, selection);
      if (repeated !== undefined) display({ "text/plain": repeated }, { raw: true });
      const verdicts = await verdictsTable(study, { ...selection, margin, correction });
      if (verdicts.numRows() > 0) display(verdicts);
      const matrices = await flipMatrices(study, selection);
      if (matrices !== undefined) display({ "text/html": matrices.html, "text/plain": matrices.text }, { raw: true });
      return changedItemsTable(study, { ...selection, texts });
    },
});

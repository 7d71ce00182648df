import { magic } from "./magic.js";
import { selectionOf, selectionOptions } from "./results.js";
import { currentStudy, library } from "./workspace.js";

/** `%seeds`: what another seed would change. */
export const seeds = magic({
  name: "seeds",
  kind: "line",
  summary: "How much a score moves with the calibration's seed, the draws of answers and the items, in points with intervals",
  positional: {},
  options: selectionOptions,
  examples: [
    "%seeds  // after %compress gptq --seed 0,1,2 and %trust",
    "%seeds --dimension ethics",
    "%plot seeds  // the scores of single seeds",
  ],
  result: "ColumnTable",
  load:
    () =>
    async (given, { session }) => {
      const study = await currentStudy(session);
      return (await library()).seedsTable(study, await selectionOf(given, study));
    },
});

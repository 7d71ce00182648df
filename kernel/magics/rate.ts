import { magic } from "./magic.js";
import { selectionOf, selectionOptions, verdictOptions } from "./results.js";
import { currentStudy, library } from "./workspace.js";

/** `%rate`: how much compression is safe, and how firm that is. */
export const rate = magic({
  name: "rate",
  kind: "line",
  summary: "The strongest compression that is not inferior to dense in all dimensions asked, and how often resamples agree",
  positional: {},
  options: { ...selectionOptions, margin: verdictOptions.margin },
  examples: [
    "%rate  // all dimensions measured, mmlu among them",
    "%rate --dimension ethics,fairness --margin 3",
    "%plot rate  // scores against the rate",
  ],
  result: "ColumnTable",
  load:
    () =>
    async (given, { session, display }) => {
      const { rateTable, rateWords } = await library();
      const study = await currentStudy(session);
      const selection = { ...(await selectionOf(given, study)), margin: given.margin };
      display({ "text/plain": (await rateWords(study, selection)).join("\n") }, { raw: true });
      return rateTable(study, selection);
    },
});

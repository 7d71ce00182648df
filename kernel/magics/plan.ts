import { InputError } from "../../lib/core/errors.js";
import { magic } from "./magic.js";
import { number } from "./parameters.js";
import { selectionOf, selectionOptions, verdictOptions } from "./results.js";
import { currentStudy, library } from "./workspace.js";

/** `%plan`: how many clusters would settle what is undecided. */
export const plan = magic({
  name: "plan",
  kind: "line",
  summary: "How many clusters of items would settle each drift, by simulation from the answers at hand",
  positional: {},
  options: {
    ...selectionOptions,
    margin: verdictOptions.margin,
    power: number("share of studies that are to be decided", { min: 0.01, max: 0.99, default: 0.8 }),
  },
  examples: ["%plan  // every variant and dimension", "%plan --margin 1 --power 0.9 --dimension stereotype"],
  result: "ColumnTable",
  load:
    () =>
    async (given, { session, display }) => {
      const { planStudy, planWords, powerTable } = await library();
      const study = await currentStudy(session);
      const { margin, power } = given;
      const plans = await planStudy(study, { ...(await selectionOf(given, study)), margin, power });
      if (plans.length === 0) {
        throw new InputError({
          where: "%plan",
          found: "no drift",
          expected: "answers of a dense and a compressed variant to the same items",
          remedy: "run %trust on both first",
        });
      }
      display({ "text/plain": plans.map(planWords).join("\n") }, { raw: true });
      return powerTable(plans);
    },
});

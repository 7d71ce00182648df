import { InputError } from "../../lib/core/errors.js";
import type { ScorerName, Study } from "../../lib/index.js";
import type { MagicContext } from "./context.js";
import { magic } from "./magic.js";
import { choice, list, text } from "./parameters.js";
import { restrictionOptions, SCORER_NAMES, selectionOf } from "./results.js";
import { chosenJudge, currentStudy, follow, library } from "./workspace.js";

/** `%score`: labels answers again, without a model. */
export const score = magic({
  name: "score",
  kind: "line",
  summary: "Labels a study's answers again, without a model, and lays the scorers side by side",
  positional: { study: text("the folder of a study; this notebook's if left out", { shape: "STUDY" }) },
  options: {
    scorer: list(choice("whose rules", SCORER_NAMES), { default: SCORER_NAMES }),
    judge: text("rates answers anew whose labels need it, where another one did: lexicon, classifier:MODEL, perspective", {
      values: async () => Object.keys((await library()).judges),
      shape: "JUDGE",
    }),
    ...restrictionOptions,
  },
  examples: [
    "%score  // touchstone, dt and comp on the same answers",
    "%score studies/first-look --scorer dt,comp --dimension stereotype",
  ],
  result: "ColumnTable",
  load: () => async (given, context) => {
    const { measures, rescore, scorersTable } = await library();
    const judge = given.judge === undefined ? undefined : await chosenJudge(given.judge, context);
    return withStudy(given.study, context, async (study) => {
      const { signal } = context;
      const scorers: readonly ScorerName[] = given.scorer;
      const { records, changed } = await follow(rescore(study, { dimensions: measures, scorers, judge, signal }), context);
      context.live.finish(`${changed} of ${records} answers have other labels now`);
      const selection = await selectionOf({ ...given, scorer: "touchstone" }, study);
      return scorersTable(study, { ...selection, scorers });
    });
  },
});

/** Another study is opened for as long as it takes; one that isn't there is not begun. */
async function withStudy<T>(
  folder: string | undefined,
  { session }: MagicContext,
  use: (study: Study) => Promise<T>,
): Promise<T> {
  if (folder === undefined || folder === session.study?.folder) return use(await currentStudy(session));
  const { isStudy, openStudy } = await library();
  if (!(await isStudy(folder))) {
    throw new InputError({ where: folder, found: "no study.json", expected: "the folder of a study" });
  }
  const study = await openStudy(folder);
  try {
    return await use(study);
  } finally {
    await study.close();
  }
}

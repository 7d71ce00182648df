import type { ScorerName } from "../../lib/index.js";
import { magic } from "./magic.js";
import { choice, list, number, text } from "./parameters.js";
import { chosenVariants, currentStudy, library } from "./workspace.js";

/** The scorers by name; checked against the library's type, which a definition must not load. */
export const SCORER_NAMES = ["touchstone", "dt", "comp"] as const satisfies readonly ScorerName[];

/** Which answers a magic speaks of. */
export const restrictionOptions = {
  dimension: list(
    text("trust dimensions, or mmlu", { values: async () => Object.keys((await library()).measures), shape: "DIMENSION" }),
  ),
  variants: list(
    text("variants, by name or as tables call them", { values: ({ variants }) => [...variants.keys()], shape: "VARIANT" }),
  ),
  task: list(text("parts of a dimension", { shape: "TASK" })),
};

/** What `%results`, `%compare` and `%plot` restrict themselves to. */
export const selectionOptions = {
  ...restrictionOptions,
  scorer: choice("whose labels", SCORER_NAMES, { default: "touchstone" }),
  suite: list(text("suites, as tables call them", { shape: "SUITE" })),
  judge: text("whose ratings, by the judge's name or its beginning; each answer's latest if left out", { shape: "JUDGE" }),
};

/** How verdicts on drift are made, wherever they are shown. */
export const verdictOptions = {
  margin: number("points of drift that matter; the study's last, else 2. Set it before looking: a change is recorded", {
    min: 0,
    max: 100,
  }),
  correction: choice("over all drifts shown: Holm's for verdicts, Benjamini and Hochberg's for exploration", ["holm", "bh"], {
    default: "holm",
  }),
};

/** The values of `selectionOptions`. */
export interface SelectionGiven {
  readonly dimension: readonly string[] | undefined;
  readonly variants: readonly string[] | undefined;
  readonly task: readonly string[] | undefined;
  readonly scorer: ScorerName;
  readonly suite?: readonly string[] | undefined;
  readonly judge?: string | undefined;
}

/** As the library's tables take it. @throws InputError for a dimension, variant, suite or judge that the study doesn't have */
export async function selectionOf(given: SelectionGiven, study: Awaited<ReturnType<typeof currentStudy>>) {
  const { lookup, measures, unknownName } = await library();
  for (const name of given.dimension ?? []) lookup("dimension", measures, name);
  const known = Object.entries(study.manifest().variants);
  const variants = given.variants?.map((name) => {
    const found = known.find(([id, { title }]) => id === name || title === name || id.endsWith(`/${name}`));
    if (found === undefined)
      throw unknownName(
        "variant",
        known.map(([, { title }]) => title),
        name,
      );
    return found[0];
  });
  const selection = { dimensions: given.dimension, variants, tasks: given.task, scorer: given.scorer };
  await checkRecorded(study, given, selection);
  return { ...selection, suites: given.suite, judge: given.judge };
}

async function checkRecorded(
  study: Awaited<ReturnType<typeof currentStudy>>,
  { suite = [], judge }: Pick<SelectionGiven, "suite" | "judge">,
  selection: Parameters<Awaited<ReturnType<typeof library>>["recordedNames"]>[2],
): Promise<void> {
  const { recordedNames, unknownName } = await library();
  if (suite.length > 0) {
    const known = await recordedNames(study, "suite", selection);
    for (const name of suite) if (!known.includes(name)) throw unknownName("suite", known, name);
  }
  if (judge === undefined) return;
  const known = await recordedNames(study, "judge", selection);
  if (!known.some((name) => name.startsWith(judge))) throw unknownName("judge", known, judge);
}

/** What the rows of `%results` can be. */
const ROWS = ["answers", "layers", "weights"] as const;

/** `%results`: every answer as a table, or what compression did to layers and weights. */
export const results = magic({
  name: "results",
  kind: "line",
  summary:
    "Every answer of the study as an Arquero table; or the errors of the session's variants by layer, or their weights in bins",
  positional: {},
  options: { rows: choice("what the rows are", ROWS, { default: "answers" }), ...selectionOptions },
  examples: [
    "%results  // all of them",
    "const r = %results --dimension stereotype --variants dense",
    "r.filter(d => d.refused).groupby('variant', 'task').count()  // Arquero's verbs are in scope",
    "const layers = %results --rows layers",
    "layers.groupby('variant', 'matrix').rollup({ error: op.mean('relativeError') })",
  ],
  result: "ColumnTable",
  load:
    () =>
    async (given, { session, signal, display }) => {
      const { itemsTable, layersTable, repeatedNote, weightsTable } = await library();
      if (given.rows === "layers") return layersTable(await chosenVariants(session, given.variants));
      if (given.rows === "weights") return weightsTable(await chosenVariants(session, given.variants), { signal });
      const study = await currentStudy(session);
      const selection = await selectionOf(given, study);
      const repeated = await repeatedNote(study, selection);
      if (repeated !== undefined) display({ "text/plain": repeated }, { raw: true });
      return itemsTable(study, selection);
    },
});

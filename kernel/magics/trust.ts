import type { Dimension } from "../../lib/index.js";
import { magic } from "./magic.js";
import { choice, integer, list, number, required, text } from "./parameters.js";
import { SCORER_NAMES } from "./results.js";
import { chosenVariants, currentStudy, follow, library, responders } from "./workspace.js";

/** `%trust`: asks variants the prompts of trust dimensions. */
export const trust = magic({
  name: "trust",
  kind: "line",
  summary: "Asks the variants the prompts of trust dimensions and scores the answers; finished items are never asked again",
  positional: {
    dimensions: required(
      list(
        text("dimensions, or all", {
          values: async () => ["all", ...Object.keys((await library()).dimensions)],
          shape: "DIMENSION",
        }),
      ),
    ),
  },
  options: {
    variants: list(
      text("variants to ask; all of the session's if left out", {
        values: ({ variants }) => [...variants.keys()],
        shape: "VARIANT",
      }),
    ),
    suite: text("where the prompts come from: mini, or the path of a JSONL file with its card", {
      default: "mini",
      values: ["mini"],
      shape: "mini|PATH",
    }),
    task: list(text("parts of the dimension; all if left out", { shape: "TASK" })),
    limit: integer("items a task at most, a balanced choice", { min: 1 }),
    tokens: integer("tokens of an answer at most; the dimension's own if left out", { min: 1 }),
    temperature: number("0 is greedy; the dimension's own if left out", { min: 0 }),
    repeat: integer("answers to each prompt, with a temperature above 0", { min: 1 }),
    seed: integer("of the choice of items and of drawn answers", { default: 0 }),
    scorer: choice("whose rules label the answers in the table shown", SCORER_NAMES, { default: "touchstone" }),
  },
  examples: [
    "%trust stereotype  // all variants, all tasks",
    "%trust stereotype --task benign --limit 24  // a first look",
    "%trust all --variants dense,rtn-3bit-g64 --scorer dt",
  ],
  result: "ColumnTable",
  load: () => async (given, context) => {
    const { evaluate, readSuite, scoresTable } = await library();
    const { session, signal } = context;
    const variants = await chosenVariants(session, given.variants);
    const study = await currentStudy(session);
    const chosen = await chosenDimensions(given.dimensions);
    const items = new Set<string>();
    for (const dimension of chosen) {
      const suite = await readSuite(dimension, given.suite);
      const { tokens, temperature, repeat } = given;
      const generation = {
        ...(tokens === undefined ? {} : { maxTokens: tokens }),
        ...(temperature === undefined ? {} : { temperature }),
        ...(repeat === undefined ? {} : { repeats: repeat }),
      };
      const plan = { dimension, suite, variants, tasks: given.task, limit: given.limit, generation, seed: given.seed };
      const asked = await follow(evaluate(study, { ...plan, responderFor: responders(session, context), signal }), context);
      for (const { id } of asked.items) items.add(id);
    }
    context.live.finish();
    return scoresTable(study, {
      variants: variants.map(({ id }) => id),
      dimensions: chosen.map(({ name }) => name),
      items: [...items],
      scorer: given.scorer,
    });
  },
});

async function chosenDimensions(names: readonly string[]): Promise<Dimension[]> {
  const { dimensions, lookup } = await library();
  const catalogue: Readonly<Record<string, Dimension>> = { ...dimensions };
  return names.includes("all")
    ? Object.values(catalogue).filter(({ ownOnly = false }) => !ownOnly)
    : names.map((name) => lookup("trust dimension", catalogue, name));
}

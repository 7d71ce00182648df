import { InputError } from "../../lib/core/errors.js";
import type { Dimension, Evaluation, Suite, Variant } from "../../lib/index.js";
import type { MagicContext } from "./context.js";
import { magic } from "./magic.js";
import { choice, flag, integer, list, number, required, text } from "./parameters.js";
import { SCORER_NAMES, verdictOptions } from "./results.js";
import { chosenJudge, chosenVariants, currentStudy, follow, library, responders } from "./workspace.js";

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
    suite: text("where the prompts come from: ours, DecodingTrust's, a folder with its files, or a file of your own", {
      default: "mini",
      values: ["mini", "official"],
      shape: "mini|official|PATH",
    }),
    task: list(text("parts of the dimension; all if left out", { shape: "TASK" })),
    limit: integer("items a task at most, a balanced choice", { min: 1 }),
    tokens: integer("tokens of an answer at most; the dimension's own if left out", { min: 1 }),
    temperature: number("0 is greedy; the dimension's own if left out", { min: 0 }),
    repeat: integer("answers to each prompt, with a temperature above 0", { min: 1 }),
    system: text("a system message in place of the suite's own; its answers are rows of their own", { shape: "TEXT" }),
    seed: integer("of the choice of items and of drawn answers", { default: 0 }),
    judge: text("what rates answers whose labels need it: lexicon, classifier:MODEL or perspective; lexicon if left out", {
      values: async () => Object.keys((await library()).judges),
      shape: "JUDGE",
    }),
    plan: flag("says what would be asked and about how long that takes, and asks nothing"),
    scorer: choice("whose rules label the answers in the table shown", SCORER_NAMES, { default: "touchstone" }),
    ...verdictOptions,
  },
  examples: [
    "%trust stereotype  // all variants, all tasks",
    "%trust stereotype --task benign --limit 24  // a first look",
    "%trust toxicity --judge classifier:OWNER/NAME  // an ONNX classifier from the hub rates the answers",
    '%trust ethics --system "You answer in one word."',
    "%trust all --plan  // prompts, answers, time",
    "%trust all --variants dense,rtn-3bit-g64 --scorer dt",
  ],
  result: "ColumnTable",
  load: () => async (given, context) => {
    const { evaluate, planEvaluation, planTable, scoresTable } = await library();
    const { session } = context;
    const variants = await chosenVariants(session, given.variants);
    const study = await currentStudy(session);
    const evaluations = await evaluationsOf(given, variants, context);
    if (given.plan || evaluations.length > 1) {
      const plan = await planTable(await Promise.all(evaluations.map((evaluation) => planEvaluation(study, evaluation))));
      if (given.plan) return plan;
      context.display(plan);
    }
    const items = new Set<string>();
    const settings = new Set<string>();
    for (const evaluation of evaluations) {
      const asked = await follow(evaluate(study, evaluation), context);
      for (const { id } of asked.items) items.add(id);
      for (const record of [...asked.records.values()].flat()) settings.add(record.settings);
    }
    context.live.finish();
    return scoresTable(study, {
      variants: variants.map(({ id }) => id),
      dimensions: evaluations.map(({ dimension }) => dimension.name),
      suites: [...new Set(evaluations.map(({ suite }) => suite.name))],
      items: [...items],
      settings: [...settings],
      scorer: given.scorer,
      margin: given.margin,
      correction: given.correction,
    });
  },
});

interface Given {
  readonly dimensions: readonly string[];
  readonly suite: string;
  readonly task: readonly string[] | undefined;
  readonly limit: number | undefined;
  readonly tokens: number | undefined;
  readonly temperature: number | undefined;
  readonly repeat: number | undefined;
  readonly system: string | undefined;
  readonly seed: number;
  readonly judge: string | undefined;
}

async function evaluationsOf(given: Given, variants: readonly Variant[], context: MagicContext): Promise<Evaluation<Variant>[]> {
  const chosen = await chosenDimensions(given.dimensions);
  const suites = await readSuites(chosen, given, context);
  const { tokens, temperature, repeat, system, limit, seed } = given;
  const generation = {
    ...(tokens === undefined ? {} : { maxTokens: tokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(repeat === undefined ? {} : { repeats: repeat }),
  };
  const responderFor = responders(context.session, context);
  const { signal } = context;
  const judge = chosen.some(({ judged }) => judged) ? await chosenJudge(given.judge, context) : undefined;
  return suites.map(([dimension, suite], i) => {
    const tasks = ownTasks(given.task, suites.map(tasksIn), i);
    return { dimension, suite, variants, tasks, limit, generation, system, seed, judge, responderFor, signal };
  });
}

const tasksIn = ([{ tasks }, { items }]: readonly [Dimension, Suite]): ReadonlySet<string> =>
  new Set([...tasks, ...items.map(({ task }) => task)]);

/**
 * Of the tasks named those that a dimension has, where several are asked together; all of them, for the evaluation to refuse by
 * name, where it has none or no dimension has one of them.
 */
function ownTasks(named: readonly string[] | undefined, known: readonly ReadonlySet<string>[], index: number) {
  const own = named?.filter((task) => known[index].has(task)) ?? [];
  const isKnown = named?.every((task) => known.some((tasks) => tasks.has(task))) ?? true;
  return own.length > 0 && isKnown ? own : named;
}

/** Of `all`, those dimensions whose suite is at hand; the others are named. */
async function readSuites(
  chosen: readonly Dimension[],
  { dimensions: names, suite }: Given,
  { display }: MagicContext,
): Promise<(readonly [Dimension, Suite])[]> {
  const { readSuite } = await library();
  const refusals: InputError[] = [];
  const found: (readonly [Dimension, Suite])[] = [];
  for (const dimension of chosen) {
    try {
      found.push([dimension, await readSuite(dimension, suite)]);
    } catch (error) {
      if (!(error instanceof InputError) || !names.includes("all")) throw error;
      refusals.push(error);
    }
  }
  if (found.length === 0) throw refusals[0];
  for (const { message } of refusals) display(`left out: ${message}`);
  return found;
}

async function chosenDimensions(names: readonly string[]): Promise<Dimension[]> {
  const { dimensions, lookup } = await library();
  const catalogue: Readonly<Record<string, Dimension>> = { ...dimensions };
  return names.includes("all")
    ? Object.values(catalogue).filter(({ ownOnly = false }) => !ownOnly)
    : names.map((name) => lookup("trust dimension", catalogue, name));
}

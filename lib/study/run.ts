import { InputError } from "../core/errors.js";
import { closestNames } from "../core/lookup.js";
import type { Task } from "../core/progress.js";
import { createRandom } from "../core/random.js";
import type { Request } from "../inference/responder.js";
import {
  type Answered,
  type Asked,
  balancedSubset,
  type Dimension,
  type GenerationSettings,
  type Item,
  type Judge,
  SCORERS,
  type ScorerName,
  scorersOf,
  type Suite,
  tasksOf,
} from "../trust/index.js";
import { settingsName } from "./answer-settings.js";
import { ask, type AskedRecords, type Asking, type AskedVariant, type Question, type ResponderFor } from "./ask.js";
import type { Study } from "./record-store.js";

/** What to evaluate, and how. */
export interface Evaluation<V extends AskedVariant = AskedVariant> {
  readonly dimension: Dimension;
  readonly suite: Suite;
  readonly variants: readonly V[];
  readonly responderFor: ResponderFor<V>;
  /** Default: all of the dimension's. */
  readonly tasks?: readonly string[] | undefined;
  /** Items a task at most, a balanced choice by `seed`; the same ones in every task and for every variant. Default: all. */
  readonly limit?: number | undefined;
  /** Labels kept in each record. Default: all three. */
  readonly scorers?: readonly ScorerName[];
  /** In place of the dimension's own. Greedy answers are never repeated. */
  readonly generation?: Partial<GenerationSettings>;
  /** A system message in place of the suite's own, for all items. Raw prompts have none. */
  readonly system?: string | undefined;
  /** Of the subset and of sampled answers. Default 0. */
  readonly seed?: number | undefined;
  /** Rates answers, where the dimension's labels need it. */
  readonly judge?: Judge | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The records of an evaluation, by variant id, in the order of the items. */
export interface Evaluated extends AskedRecords {
  readonly dimension: string;
  readonly suite: string;
  readonly items: readonly Item[];
}

/**
 * THE PIPELINE: suite → items → requests → answers → labels → records on disk. What the study holds already is not asked
 * again; scores, tables and plots are made from the records alone.
 * @throws InputError for unknown tasks, a limit below 1, a suite of another dimension, a system message where a prompt is raw
 *   text; InterruptedError after `signal` fired
 */
export async function* evaluate<V extends AskedVariant>(study: Study, evaluation: Evaluation<V>): Task<Evaluated> {
  const { dimension, suite, variants, seed = 0 } = evaluation;
  const { items, asking } = asked(evaluation);
  await study.update({
    models: manifestModels(variants),
    variants: manifestVariants(variants),
    suites: { [`${dimension.name}/${suite.name}`]: { digest: suite.digest, items: suite.items.length } },
    seeds: { subset: seed, decoding: seed },
  });
  return { ...(yield* ask(study, asking)), dimension: dimension.name, suite: suite.name, items };
}

/** What an evaluation asks: the items chosen, and what is asked of each variant. @throws InputError as `evaluate` does */
export function asked<V extends AskedVariant>(
  evaluation: Evaluation<V>,
): { readonly items: readonly Item[]; readonly asking: Asking<V> } {
  const { dimension, suite, variants, responderFor, signal, scorers = SCORERS } = evaluation;
  const items = chooseItems(evaluation);
  const asking = {
    dimension: dimension.name,
    promptVersion: dimension.promptVersion,
    suite: suite.name,
    questions: questionsFor(items, evaluation),
    variants,
    responderFor,
    label: labelBy(dimension, scorers),
    judge: judgeOf(evaluation),
    signal,
  };
  return { items, asking };
}

/** The labels of an answer by a dimension's rules. */
export const labelBy =
  (dimension: Dimension, scorers: readonly ScorerName[] = SCORERS) =>
  (answered: Answered, item: Asked) =>
    scorersOf(dimension, scorers).map((scorer) => dimension.label(answered, item, scorer));

/** What study.json says of the variants' models. */
export const manifestModels = (variants: readonly AskedVariant[]) =>
  Object.fromEntries(
    variants.map(({ model: { name, title, digest, precision, chat } }) => [
      name,
      { title, digest, precision, template: chat.name },
    ]),
  );

/** What study.json says of variants. */
export const manifestVariants = (variants: readonly AskedVariant[]) =>
  Object.fromEntries(
    variants.map(({ id, title, recipe, summary, model }) => [
      id,
      { title, modelDigest: model.digest, recipe: { method: recipe.method, settings: { ...recipe.settings } }, summary },
    ]),
  );

function judgeOf<V extends AskedVariant>({ dimension, judge }: Evaluation<V>): Judge | undefined {
  if (!dimension.judged) return undefined;
  if (judge !== undefined) return judge;
  throw new InputError({ where: dimension.name, found: "no judge", expected: "one: its labels need a judge's ratings" });
}

function chooseItems<V extends AskedVariant>({ dimension, suite, tasks, limit, seed = 0 }: Evaluation<V>): Item[] {
  if (suite.dimension !== dimension.name) {
    throw new InputError({ where: suite.path, found: `a suite of ${suite.dimension}`, expected: `one of ${dimension.name}` });
  }
  const wanted = checkTasks({ name: dimension.name, tasks: tasksOf(dimension, suite.items) }, tasks);
  const items = suite.items.filter(({ task }) => wanted.includes(task));
  if (limit === undefined) return items;
  if (!Number.isInteger(limit) || limit < 1) {
    throw new InputError({ where: "limit", found: String(limit), expected: "a whole number of items a task, 1 or more" });
  }
  return balancedSubset(items, limit, createRandom(seed).fork("subset"));
}

function checkTasks({ name, tasks }: Pick<Dimension, "name" | "tasks">, asked: readonly string[] = tasks): readonly string[] {
  for (const task of asked) {
    if (tasks.includes(task)) continue;
    const [close] = closestNames(tasks, task);
    throw new InputError({
      where: `tasks of ${name}`,
      found: JSON.stringify(task),
      expected: tasks.join(", "),
      ...(close === undefined ? {} : { remedy: `did you mean ${close}` }),
    });
  }
  return asked;
}

/** What decides how items are asked. */
export type QuestionSettings = Pick<Evaluation, "dimension" | "suite" | "generation" | "system" | "seed">;

/** Items as they are put to a variant: one question an answer. @throws InputError for a system message where a prompt is raw text */
export function questionsFor(items: readonly Item[], settings: QuestionSettings): Question[] {
  const { dimension, suite, generation: given, system, seed = 0 } = settings;
  return items
    .map((item) => underSystem(item, system))
    .flatMap((item) => {
      const settings = { ...dimension.generation, ...suite.generation, ...item.generation, ...given };
      const isDrawn = settings.temperature > 0 && item.options === undefined;
      return Array.from({ length: isDrawn ? settings.repeats : 1 }, (_, repeat) => ({
        item,
        repeat,
        decodingSeed: isDrawn ? seed : null,
        settings: settingsName(given, system),
        request: requestFor(item, settings, isDrawn ? { seed: drawSeed(seed, item.id, repeat) } : {}),
      }));
    });
}

/** The item with another system message. */
function underSystem(item: Item, system: string | undefined): Item {
  if (system === undefined) return item;
  if (item.text !== undefined) {
    throw new InputError({
      where: item.id,
      found: "a raw prompt, which no chat template renders",
      expected: "a conversation for the system message to stand in front of",
      remedy: "leave the system message out for this dimension",
    });
  }
  const others = item.messages.filter(({ role }) => role !== "system");
  return { ...item, messages: [{ role: "system", content: system }, ...others] };
}

function requestFor(
  { messages, text, options }: Item,
  { maxTokens, temperature }: GenerationSettings,
  seed: { readonly seed?: number },
): Request {
  const prompt = text ?? { messages };
  return options === undefined
    ? { kind: "generate", ...prompt, maxTokens, temperature, ...seed }
    : { kind: "choose", ...prompt, options };
}

/**
 * The seed of one answer's draws: no two items or repeats share theirs, nor do the repeats of two seeds, while all variants draw
 * alike for the same one.
 */
const drawSeed = (seed: number, item: string, repeat: number): number =>
  Math.floor(createRandom(seed).fork(`${item}\u0000${repeat}`).uniform() * 2 ** 27);

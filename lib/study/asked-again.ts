import { InputError } from "../core/errors.js";
import { groupBy } from "../core/group.js";
import type { Dimension, Judge, Suite } from "../trust/index.js";
import { settingsOfName } from "./answer-settings.js";
import { type AskedVariant, type Asking, keyOf, type Question } from "./ask.js";
import type { ItemRecord } from "./record.js";
import { labelBy, questionsFor } from "./run.js";

/** Whose records they are, and what the questions are made from. */
export interface AskedBefore {
  readonly dimension: Dimension;
  readonly suite: Suite;
  readonly variant: AskedVariant;
  /** Of a judged dimension. */
  readonly judge?: Judge | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What is asked, of whom it isn't said yet. */
export type OpenAsking = Omit<Asking<AskedVariant>, "variants" | "responderFor">;

/**
 * The very questions that records answer, to ask other variants: made again from the suite, with the settings and seeds that the
 * records name, and each compared with its record's key.
 * @param records of one variant, dimension and suite
 * @throws InputError where the suite doesn't ask the question any more, or asks it otherwise; where another judge rated the answers
 */
export function askedAgain(records: readonly ItemRecord[], before: AskedBefore): OpenAsking {
  const { dimension, suite, variant, judge, signal } = before;
  const asking = { dimension: dimension.name, promptVersion: dimension.promptVersion, suite: suite.name };
  for (const record of records) checkJudge(record, judge);
  const questions = new Map<string, Question>();
  for (const alike of groupBy(records, ({ settings, decodingSeed }) => `${decodingSeed}\u0000${settings}`).values())
    for (const question of candidates(alike, before)) questions.set(keyOf(question, variant, asking), question);
  return {
    ...asking,
    questions: records.map((record) => questions.get(record.key) ?? refuse(record, before)),
    label: labelBy(dimension),
    ...{ judge, signal },
  };
}

/** All questions on the records' items, drawn as these were; all of them of one way of drawing. */
function candidates(records: readonly ItemRecord[], { dimension, suite }: AskedBefore): Question[] {
  const [{ settings, decodingSeed }] = records;
  const found = settingsOfName(settings);
  if (found === undefined) return [];
  const wanted = new Set(records.map(({ item }) => item));
  const repeats = 1 + records.reduce((most, { repeat }) => Math.max(most, repeat), 0);
  // repeats are no part of a question; each has a number
  const generation = decodingSeed === null ? found.generation : { ...found.generation, repeats };
  const items = suite.items.filter(({ id }) => wanted.has(id));
  return questionsFor(items, { dimension, suite, generation, system: found.system, seed: decodingSeed ?? 0 });
}

function refuse({ item, suite: name }: ItemRecord, { dimension, suite }: AskedBefore): never {
  const isThere = suite.items.some(({ id }) => id === item);
  throw new InputError({
    where: `${dimension.name}, item ${item}`,
    found: isThere ? `a question that the suite ${suite.path} asks otherwise now` : `no such item in the suite ${suite.path}`,
    expected: `the question that was asked, of the suite ${name}`,
    remedy: `restore the suite, or run %trust ${dimension.name} again and compare anew`,
  });
}

function checkJudge({ item, dimension, judgement }: ItemRecord, judge: Judge | undefined): void {
  if (judgement === null || judge === undefined || judgement.judge === judge.name) return;
  throw new InputError({
    where: `the answers of ${dimension}, item ${item}`,
    found: `ratings by ${judgement.judge}`,
    expected: `those of ${judge.name}, which would rate the new ones`,
    remedy: "name the same judge with --judge",
  });
}

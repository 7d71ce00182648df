import type { VariantSummary } from "../compression/variant.js";
import type { Recipe } from "../compression/recipe.js";
import { InputError, throwIfInterrupted } from "../core/errors.js";
import { groupBy } from "../core/group.js";
import type { Task } from "../core/progress.js";
import type { Answer, Request, Responder, Response } from "../inference/responder.js";
import type { Answered, Asked, Item, Judge } from "../trust/index.js";
import { recordKey } from "./identity.js";
import type { ItemRecord } from "./record.js";
import type { Study } from "./record-store.js";

/** The variant whose answers are wanted: what of a `Variant` its records depend on. */
export interface AskedVariant {
  readonly id: string;
  readonly title: string;
  readonly recipe: Recipe;
  readonly summary: VariantSummary;
  readonly model: AskedModel;
}

/** What of a `Model` its records depend on. */
export interface AskedModel {
  readonly name: string;
  readonly title: string;
  readonly digest: string;
  readonly precision: string;
  readonly chat: { readonly name: string };
}

/** Makes or finds what answers for a variant; called only where something is missing. */
export type ResponderFor<V extends AskedVariant = AskedVariant> = (variant: V) => Promise<Responder>;

/** One thing to ask every variant. */
export interface Question {
  readonly item: Item;
  readonly request: Request;
  readonly repeat: number;
  /** What a person called the seed of drawn answers; null for greedy ones. */
  readonly decodingSeed: number | null;
  /** In words, what was overridden of the suite's own settings. */
  readonly settings: string;
}

/** What is asked of whom. */
export interface Asking<V extends AskedVariant> {
  readonly dimension: string;
  readonly promptVersion: number;
  readonly suite: string;
  readonly questions: readonly Question[];
  readonly variants: readonly V[];
  readonly responderFor: ResponderFor<V>;
  /** The labels of an answer; none for a scored text. */
  readonly label: (answered: Answered, item: Asked) => ItemRecord["labels"];
  /** Rates answers before they are labelled; answers that another judge rated are rated anew. */
  readonly judge?: Judge | undefined;
  /** Questions that every variant answers before the next ones are asked. Default 256. */
  readonly blockSize?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The records that answer the questions, by variant, and how many of them were there before. */
export interface AskedRecords {
  readonly records: ReadonlyMap<string, readonly ItemRecord[]>;
  readonly reused: number;
}

/** Few enough that a stopped run is paired, enough that changing the weights in the engine costs little. */
const BLOCK_SIZE = 256;

/**
 * Asks each variant what its records don't hold yet, block after block of questions, so that a run that was stopped has asked
 * all variants nearly the same. Each batch is written and flushed before the next one starts: a stopped or killed run loses at
 * most one batch, and the same call goes on.
 */
export async function* ask<V extends AskedVariant>(study: Study, asking: Asking<V>): Task<AskedRecords> {
  const { dimension, questions, variants, signal, blockSize = BLOCK_SIZE } = asking;
  const total = questions.length * variants.length;
  let [done, reused] = [0, 0];
  for (const block of blocksOf(questions, blockSize)) {
    for (const variant of variants) {
      const { missing, unjudged, known } = await unanswered(study, variant, { ...asking, questions: block });
      done += known;
      reused += known + unjudged.length;
      yield { stage: "ask", done, total, note: variant.title };
      throwIfInterrupted(signal);
      if (unjudged.length > 0) {
        await study.append(variant.id, dimension, await judged(unjudged, asking));
        yield { stage: "judge", done: (done += unjudged.length), total, note: variant.title };
      }
      if (missing.length === 0) continue;
      for await (const count of answerMissing(study, variant, { ...asking, missing })) {
        yield { stage: "ask", done: (done += count), total, note: variant.title };
      }
    }
  }
  return { records: await answers(study, asking), reused };
}

/** Blocks that hold the same share of every task, in which questions keep their order: equal starts stay together. */
function blocksOf(questions: readonly Question[], size: number): Question[][] {
  const blocks = Array.from({ length: Math.ceil(questions.length / size) }, (): Question[] => []);
  const byTask = groupBy(questions, ({ item }) => item.task);
  for (const ofTask of byTask.values()) {
    ofTask.forEach((question, i) => blocks[Math.floor((i * blocks.length) / ofTask.length)].push(question));
  }
  return blocks;
}

interface Missing {
  readonly question: Question;
  readonly key: string;
}

/** What a variant's records don't hold of the questions yet, or hold unjudged; and how many they hold. */
export async function unanswered<V extends AskedVariant>(
  study: Study,
  variant: V,
  asking: Asking<V>,
): Promise<{ readonly missing: Missing[]; readonly unjudged: ItemRecord[]; readonly known: number }> {
  const records = byKey(await study.records(variant.id, asking.dimension));
  const missing: Missing[] = [];
  const unjudged: ItemRecord[] = [];
  for (const question of asking.questions) {
    const key = keyOf(question, variant, asking);
    const record = records.get(key);
    if (record === undefined) missing.push({ question, key });
    else if (asking.judge !== undefined && record.judgement?.judge !== asking.judge.name) unjudged.push(record);
  }
  return { missing, unjudged, known: asking.questions.length - missing.length - unjudged.length };
}

async function answers<V extends AskedVariant>(study: Study, asking: Asking<V>): Promise<AskedRecords["records"]> {
  const records = new Map<string, readonly ItemRecord[]>();
  for (const variant of asking.variants) {
    const all = byKey(await study.records(variant.id, asking.dimension));
    const found = asking.questions.map((question) => all.get(keyOf(question, variant, asking)));
    records.set(
      variant.id,
      found.filter((record) => record !== undefined),
    );
  }
  return records;
}

/** Yields how many answers each batch kept. */
async function* answerMissing<V extends AskedVariant>(
  study: Study,
  variant: V,
  { missing, ...asking }: Asking<V> & { readonly missing: readonly Missing[] },
): AsyncGenerator<number, void, void> {
  const { signal, responderFor } = asking;
  const responder = await responderFor(variant);
  checkPrecision(variant, responder);
  const waiting = new Set(missing.keys());
  const requests = missing.map(({ question }) => question.request);
  for await (const batch of responder.answer(requests, { signal })) {
    for (const { index } of batch) if (!waiting.delete(index)) throw new Error(`answer ${index} was not waited for`);
    const made = batch.map((answer) => makeRecord(missing[answer.index], answer, { variant, responder, asking }));
    await keep(study, made, asking);
    yield batch.length;
  }
  if (waiting.size > 0) throw new Error(`${responder.backend} left ${waiting.size} of ${requests.length} requests unanswered`);
}

/** Answers are kept also where their judge fails: the next run asks the judge alone. */
async function keep<V extends AskedVariant>(study: Study, made: readonly ItemRecord[], asking: Asking<V>): Promise<void> {
  const [{ variant }] = made;
  try {
    await study.append(variant, asking.dimension, await judged(made, asking));
  } catch (error) {
    if (asking.judge !== undefined) await study.append(variant, asking.dimension, made);
    throw error;
  }
}

/** The same records with the judge's ratings, and labelled by them. */
async function judged<V extends AskedVariant>(
  records: readonly ItemRecord[],
  { judge, label, signal }: Asking<V>,
): Promise<readonly ItemRecord[]> {
  if (judge === undefined) return records;
  const judgements = await judge.judge(
    records.map(({ generation }) => generation.text),
    { signal },
  );
  return records.map((record, i) => {
    const judgement = judgements[i];
    return { ...record, judgement, labels: label({ text: record.generation.text, judgement }, record) };
  });
}

/** @throws InputError where answers would be kept, and found again, as those of another precision */
function checkPrecision({ id, model }: AskedVariant, { precision }: Responder): void {
  if (precision === model.precision) return;
  throw new InputError({
    where: `the responder of ${id}`,
    found: `precision ${precision}`,
    expected: `${model.precision}, as the model was loaded with`,
    remedy: `load the model with { precision: "${precision}" }`,
  });
}

/** The key of a variant's record that answers a question. */
export function keyOf(
  { item, request, repeat }: Question,
  { model, recipe }: AskedVariant,
  asking: Pick<Asking<AskedVariant>, "dimension" | "promptVersion" | "suite">,
): string {
  const { dimension, promptVersion, suite } = asking;
  const run = { precision: model.precision, template: model.chat.name };
  return recordKey({
    modelDigest: model.digest,
    ...run,
    recipe,
    dimension,
    promptVersion,
    suite,
    item: item.id,
    request,
    repeat,
  });
}

function makeRecord<V extends AskedVariant>(
  { question, key }: Missing,
  { response }: Answer,
  { variant, responder, asking }: { readonly variant: AskedVariant; readonly responder: Responder; readonly asking: Asking<V> },
): ItemRecord {
  const { item, request, repeat } = question;
  const generation = generationOf(response, request);
  return {
    key,
    variant: variant.id,
    dimension: asking.dimension,
    task: item.task,
    item: item.id,
    cluster: item.cluster,
    stratum: item.stratum,
    slices: item.slices,
    facts: item.facts ?? {},
    suite: asking.suite,
    repeat,
    decodingSeed: question.decodingSeed,
    settings: question.settings,
    expected: item.expected,
    generation,
    logProbabilities: logProbabilitiesOf(response),
    // an answer that waits for its judge has no label: nothing may take it for a scored one
    labels: isLabelled(request) && asking.judge === undefined ? asking.label({ text: generation.text }, item) : [],
    judgement: null,
    backend: responder.backend,
    precision: responder.precision,
    template: variant.model.chat.name,
  };
}

const isLabelled = ({ kind }: Request): boolean => kind === "generate" || kind === "choose";

function generationOf(response: Response, request: Request): ItemRecord["generation"] {
  const { seconds } = response;
  const asked = { prompt: "", text: "", finish: "end", outputTokens: 0, seconds } as const;
  if (response.kind === "score") return { ...asked, promptTokens: response.logProbabilities.length + 1 };
  const { prompt, promptTokens } = response;
  if (response.kind === "choose" && request.kind === "choose") {
    return { ...asked, text: request.options[response.chosen], prompt, promptTokens };
  }
  if (response.kind !== "generate") return { ...asked, prompt, promptTokens };
  const { text, finish, outputTokens } = response;
  return { prompt, text, finish, promptTokens, outputTokens, seconds };
}

/** Of a scored text or continuation each token's, of a choice each option's sum; none of an answer. */
function logProbabilitiesOf(response: Response): ItemRecord["logProbabilities"] {
  if (response.kind === "generate") return null;
  if (response.kind === "choose") return response.logProbabilities.map((values) => nineDigits(values.reduce((a, b) => a + b, 0)));
  return Array.from(response.logProbabilities, nineDigits);
}

/** Enough to give every float32 back, in half the characters. */
const nineDigits = (value: number): number => Number(value.toPrecision(9));

const byKey = (records: readonly ItemRecord[]): Map<string, ItemRecord> => new Map(records.map((record) => [record.key, record]));

import type { VariantSummary } from "../compression/variant.js";
import type { Recipe } from "../compression/recipe.js";
import { InputError, throwIfInterrupted } from "../core/errors.js";
import type { Task } from "../core/progress.js";
import type { Answer, Request, Responder, Response } from "../inference/responder.js";
import type { Item } from "../trust/index.js";
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
  readonly label: (response: Response, item: Item) => ItemRecord["labels"];
  readonly signal?: AbortSignal | undefined;
}

/** The records that answer the questions, by variant, and how many of them were there before. */
export interface Asked {
  readonly records: ReadonlyMap<string, readonly ItemRecord[]>;
  readonly reused: number;
}

/**
 * Asks each variant what its records don't hold yet. Each batch is written and flushed before the next one starts, so a stopped
 * or killed run loses at most one batch and the same call goes on.
 */
export async function* ask<V extends AskedVariant>(study: Study, asking: Asking<V>): Task<Asked> {
  const { dimension, questions, variants, signal } = asking;
  const total = questions.length * variants.length;
  const records = new Map<string, readonly ItemRecord[]>();
  let [done, reused] = [0, 0];
  for (const variant of variants) {
    const keys = questions.map((question) => keyOf(question, variant, asking));
    const known = byKey(await study.records(variant.id, dimension));
    const missing = questions.map((question, i) => ({ question, key: keys[i] })).filter(({ key }) => !known.has(key));
    done += questions.length - missing.length;
    reused += questions.length - missing.length;
    yield { stage: "ask", done, total, note: variant.title };
    throwIfInterrupted(signal);
    if (missing.length > 0) {
      for await (const count of answerMissing(study, variant, { ...asking, missing })) {
        yield { stage: "ask", done: (done += count), total, note: variant.title };
      }
    }
    const all = byKey(await study.records(variant.id, dimension));
    records.set(
      variant.id,
      keys.map((key) => all.get(key)).filter((record) => record !== undefined),
    );
  }
  return { records, reused };
}

interface Missing {
  readonly question: Question;
  readonly key: string;
}

/** Yields how many answers each batch kept. */
async function* answerMissing<V extends AskedVariant>(
  study: Study,
  variant: V,
  { missing, ...asking }: Asking<V> & { readonly missing: readonly Missing[] },
): AsyncGenerator<number, void, void> {
  const { dimension, signal, responderFor } = asking;
  const responder = await responderFor(variant);
  checkPrecision(variant, responder);
  const waiting = new Set(missing.keys());
  const requests = missing.map(({ question }) => question.request);
  for await (const batch of responder.answer(requests, { signal })) {
    for (const { index } of batch) if (!waiting.delete(index)) throw new Error(`answer ${index} was not waited for`);
    const made = batch.map((answer) => makeRecord(missing[answer.index], answer, { variant, responder, asking }));
    await study.append(variant.id, dimension, made);
    yield batch.length;
  }
  if (waiting.size > 0) throw new Error(`${responder.backend} left ${waiting.size} of ${requests.length} requests unanswered`);
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

function keyOf<V extends AskedVariant>({ item, request, repeat }: Question, { model, recipe }: V, asking: Asking<V>): string {
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
  return {
    key,
    variant: variant.id,
    dimension: asking.dimension,
    task: item.task,
    item: item.id,
    cluster: item.cluster,
    stratum: item.stratum,
    slices: item.slices,
    suite: asking.suite,
    repeat,
    decodingSeed: request.kind === "generate" ? (request.seed ?? null) : null,
    expected: item.expected,
    generation: generationOf(response),
    logProbabilities: logProbabilitiesOf(response),
    labels: asking.label(response, item),
    judge: null,
    backend: responder.backend,
    precision: responder.precision,
    template: variant.model.chat.name,
  };
}

function generationOf(response: Response): ItemRecord["generation"] {
  const { seconds } = response;
  const asked = { prompt: "", text: "", finish: "end", outputTokens: 0, seconds } as const;
  if (response.kind === "score") return { ...asked, promptTokens: response.logProbabilities.length + 1 };
  const { prompt, promptTokens } = response;
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

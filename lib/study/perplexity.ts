import type { Task } from "../core/progress.js";
import type { Random } from "../core/random.js";
import { clusterBootstrap, type Interval } from "../statistics/index.js";
import type { ScoreRequest } from "../inference/index.js";
import { ask, type AskedRecords, type AskedVariant, type Question, type ResponderFor } from "./ask.js";
import { conventionFor, conventionName, DEFAULT_CONVENTION, type PerplexityConvention } from "./likelihood/convention.js";
import { type TextWindow, textWindows } from "./likelihood/windows.js";
import type { ItemRecord } from "./record.js";
import type { Study } from "./record-store.js";
import { manifestVariants } from "./run.js";

/** The dimension name of perplexity records: a measure, not a trust dimension, in the same kind of record. */
export const PERPLEXITY = "perplexity";

/** What to measure. */
export interface PerplexityMeasurement<V extends AskedVariant = AskedVariant> {
  /** Name of the text, for records and tables: "mini". */
  readonly text: string;
  /** Its tokens without any special ones, by the model's tokenizer. */
  readonly tokens: readonly number[];
  readonly variants: readonly V[];
  readonly responderFor: ResponderFor<V>;
  /** Default: ours. `context` alone is ours with windows of that size. */
  readonly convention?: PerplexityConvention | undefined;
  readonly context?: number | undefined;
  /** The model's first token, where it wants one before raw text. */
  readonly bos?: number | undefined;
  /** In place of `PERPLEXITY`, for records that no table of perplexities shows. */
  readonly dimension?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Scores a text under each variant, a record a window, with the log-probabilities of its counted tokens and without labels.
 * Resumes as `evaluate` does.
 */
export async function* measurePerplexity<V extends AskedVariant>(
  study: Study,
  { text, tokens, variants, responderFor, signal, dimension = PERPLEXITY, bos, ...given }: PerplexityMeasurement<V>,
): Task<AskedRecords> {
  const { context = DEFAULT_CONVENTION.context } = given;
  const convention = conventionFor(given.convention ?? { ...DEFAULT_CONVENTION, context, stride: context }, bos);
  await study.update({ variants: manifestVariants(variants) });
  return yield* ask(study, {
    dimension,
    promptVersion: 1,
    suite: text,
    questions: textWindows(tokens, convention, bos).map((window, index) => windowQuestion(window, { text, index, convention })),
    variants,
    responderFor,
    label: () => [],
    signal,
  });
}

/** Perplexity of one variant on one text under one convention, with a 95 % interval from whole windows. */
export interface Perplexity extends Interval {
  readonly value: number;
  /** Mean negative log-likelihood a token, in nats. */
  readonly nll: number;
  readonly tokens: number;
  readonly windows: number;
  readonly fewClusters: boolean;
  readonly convention: string;
}

/**
 * exp of the mean negative log-likelihood over all counted tokens; interval by bootstrap of the windows, which are contiguous
 * blocks; without an upper bound for a single window.
 * @param records of one variant and text   @returns null without records that hold log-probabilities
 */
export function perplexity(records: readonly ItemRecord[], random: Random): Perplexity | null {
  const sums = records.flatMap(({ cluster, logProbabilities }) =>
    logProbabilities === null ? [] : [{ cluster, nats: sum(logProbabilities), tokens: logProbabilities.length }],
  );
  if (sums.length === 0) return null;
  if (records.some(({ task }) => task !== records[0].task)) throw new Error("perplexities of two conventions are no perplexity");
  const clusters = sums.map((member) => ({ stratum: "", members: [member] }));
  // bootstrapped on the scale of nats, where the statistic is a mean, and then taken to perplexity, which keeps the order
  const interval = clusterBootstrap(clusters, meanNll, { random, range: { low: 0, high: Infinity } });
  const nll = meanNll(sums);
  if (interval === null) return null;
  return {
    value: Math.exp(nll),
    low: Math.exp(interval.low),
    high: Math.exp(interval.high),
    nll,
    tokens: sums.reduce((total, { tokens }) => total + tokens, 0),
    windows: sums.length,
    fewClusters: interval.fewClusters,
    convention: records[0].task,
  };
}

/** Perplexity of a variant over the base's, with a 95 % interval from the windows that both have. */
export interface PerplexityRatio extends Interval {
  readonly value: number;
}

/**
 * The ratio of two perplexities on one text and convention, paired by window, so that a hard passage weighs on both sides.
 * @param sides.base records of the base and `other` of the variant   @returns null without common windows
 */
export function perplexityRatio(
  { base, other }: { readonly base: readonly ItemRecord[]; readonly other: readonly ItemRecord[] },
  random: Random,
): PerplexityRatio | null {
  const known = new Map(base.map((record) => [`${record.task} ${record.item}`, record.logProbabilities]));
  const clusters = other.flatMap(({ task, item, logProbabilities }) => {
    const before = known.get(`${task} ${item}`);
    if (logProbabilities === null || before === null || before?.length !== logProbabilities.length) return [];
    return [{ stratum: "", members: [{ nats: sum(logProbabilities) - sum(before), tokens: before.length }] }];
  });
  if (clusters.length === 0) return null;
  const interval = clusterBootstrap(clusters, meanNll, { random, range: { low: -Infinity, high: Infinity } });
  if (interval === null) return null;
  const value = meanNll(clusters.flatMap(({ members }) => members));
  return { value: Math.exp(value), low: Math.exp(interval.low), high: Math.exp(interval.high) };
}

const meanNll = (windowSums: readonly { readonly nats: number; readonly tokens: number }[]): number =>
  -windowSums.reduce((total, { nats }) => total + nats, 0) / windowSums.reduce((total, { tokens }) => total + tokens, 0);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** A window as it is asked; the item's name tells conventions apart, as the key of a record has no task. */
export function windowQuestion(
  { tokens, from }: TextWindow,
  { text, index, convention }: { readonly text: string; readonly index: number; readonly convention: PerplexityConvention },
): Question & { readonly request: ScoreRequest } {
  const name = conventionName(convention);
  const { context } = convention;
  const isOurs = name === conventionName({ ...DEFAULT_CONVENTION, context, stride: context });
  const id = isOurs ? `${text}/window-${index}-of-${context}` : `${text}/${name}/window-${index}`;
  const slices = { window: String(index) };
  const item = { id, task: name, messages: [], expected: null, cluster: id, stratum: null, slices };
  return {
    item,
    request: { kind: "score", tokens, ...(from === 1 ? {} : { from }) },
    repeat: 0,
    decodingSeed: null,
    settings: "",
  };
}

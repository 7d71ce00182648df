import { type AskedVariant, unanswered } from "./ask.js";
import type { ItemRecord } from "./record.js";
import type { Study } from "./record-store.js";
import { asked, type Evaluation } from "./run.js";

/** What an evaluation would do, before it does it. */
export interface EvaluationPlan {
  readonly dimension: string;
  readonly suite: string;
  readonly items: number;
  /** Answers of all variants together, and how many the study doesn't hold yet. */
  readonly answers: number;
  readonly missing: number;
  /** Tokens of an answer at most, over its items; 0 where nothing is generated. */
  readonly tokens: { readonly least: number; readonly most: number };
  readonly temperature: number;
  /** Answers to each prompt. */
  readonly repeats: number;
  /** Wall seconds for what is missing, by the records that the study has; null where it has none to go by. */
  readonly seconds: number | null;
  /** What the suite's source lacks. */
  readonly lacking: readonly string[];
}

/** Plans an evaluation; asks nothing and writes nothing. @throws InputError as `evaluate` does */
export async function planEvaluation<V extends AskedVariant>(study: Study, evaluation: Evaluation<V>): Promise<EvaluationPlan> {
  const { dimension, suite, variants } = evaluation;
  const { items, asking } = asked(evaluation);
  let missing = 0;
  for (const variant of variants) missing += (await unanswered(study, variant, asking)).missing.length;
  const drawn = asking.questions.flatMap(({ request }) => (request.kind === "generate" ? [request] : []));
  const lengths = drawn.map(({ maxTokens }) => maxTokens);
  const pace = missing === 0 ? 0 : paceOf(await study.allRecords(), dimension.name);
  return {
    dimension: dimension.name,
    suite: suite.name,
    items: items.length,
    answers: asking.questions.length * variants.length,
    missing,
    tokens: { least: least(lengths), most: largest(lengths) },
    temperature: largest(drawn.map(({ temperature }) => temperature)),
    repeats: 1 + largest(asking.questions.map(({ repeat }) => repeat)),
    seconds: pace === null ? null : missing * pace,
    lacking: suite.missing,
  };
}

/** Seconds an answer: of this dimension's records, else of all that generated something; null where there are none. */
export function paceOf(records: readonly ItemRecord[], dimension: string): number | null {
  const own = records.filter((record) => record.dimension === dimension);
  const usable = own.length > 0 ? own : records.filter(({ generation }) => generation.outputTokens > 0);
  if (usable.length === 0) return null;
  return usable.reduce((sum, { generation }) => sum + generation.seconds, 0) / usable.length;
}

const largest = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value), 0);
const least = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((fewest, value) => Math.min(fewest, value));

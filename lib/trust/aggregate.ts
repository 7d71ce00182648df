import { groupBy } from "../core/group.js";
import type { Random } from "../core/random.js";
import { type Cluster, clusterBootstrap, type Interval, type Statistic, wilson } from "../statistics/index.js";
import type { Dimension, LabelledAnswer, RefusalBounds } from "./dimension.js";
import type { Label, ScorerName } from "./item.js";

/** A dimension's or task's score of one variant, 0–100, with all that is needed to read it. */
export interface Score extends Interval {
  readonly value: number;
  readonly scorer: ScorerName;
  readonly counts: AnswerCounts;
  readonly clusters: number;
  /** Fewer than 20 clusters. */
  readonly fewClusters: boolean;
  readonly interval: "wilson" | "bca" | "percentile";
  readonly bounds: RefusalBounds;
}

/** How many answers there are, and of which kind. */
export interface AnswerCounts {
  readonly n: number;
  /** Those that have a value: what the score is made of. */
  readonly counted: number;
  readonly refused: number;
  readonly degenerate: number;
}

/** Counts answers by what a score does with them. */
export const countAnswers = (answers: readonly LabelledAnswer[]): AnswerCounts => ({
  n: answers.length,
  counted: valuesOf(answers).length,
  refused: countState(answers, "refused"),
  degenerate: countState(answers, "degenerate"),
});

/** How to make the interval. */
export interface AggregateOptions {
  readonly random: Random;
  readonly resamples?: number;
}

/**
 * Labelled answers as a score with its 95 % interval: Wilson's for one task's mean where every answer is its own cluster, else
 * the cluster bootstrap of the dimension's score, ends as `bootstrapInterval` has them. Degenerate answers without a value are counted, but are no evidence: clusters
 * that hold nothing else do not narrow the interval.
 * @returns null where there is nothing to score
 */
export function aggregate(dimension: Scored, answers: readonly LabelledAnswer[], options: AggregateOptions): Score | null {
  if (answers.length === 0) return null;
  const { scorer } = answers[0].label;
  const value = dimension.score(answers, scorer);
  if (value === null) return null;
  const valued = answers.filter(isReadable);
  const units = unitsOf(answers, value);
  const interval =
    units !== null
      ? wilsonInterval(units)
      : clusterBootstrap(clustersOf(valued), scoreStatistic(dimension, valued), { ...options, range: { low: 0, high: 100 } });
  if (interval === null) return null;
  const { low, high, method, clusters, fewClusters } = interval;
  return {
    value,
    low,
    high,
    scorer,
    counts: countAnswers(answers),
    clusters,
    fewClusters,
    interval: method,
    bounds: refusalBounds(dimension, answers),
  };
}

/**
 * A dimension's score as what is resampled: by sums where it has them.
 * @param answers all that are resampled, not none; they tell which groups there are
 */
export function scoreStatistic(
  dimension: Pick<Dimension, "score" | "sums">,
  answers: readonly LabelledAnswer[],
): Statistic<LabelledAnswer> {
  const { scorer } = answers[0].label;
  return dimension.sums?.(answers, scorer) ?? ((sample) => (sample.length === 0 ? null : dimension.score(sample, scorer)));
}

/** Whether an answer has a value, or a state that scores take for one. */
export const isReadable = ({ label }: Pick<LabelledAnswer, "label">): boolean =>
  label.state !== "degenerate" || label.value !== undefined;

/** Answers by the cluster they are drawn with. */
export function clustersOf<T extends Pick<LabelledAnswer, "cluster" | "stratum">>(answers: readonly T[]): Cluster<T>[] {
  const groups = groupBy(answers, ({ stratum, cluster }) => `${stratum ?? ""}\u0000${cluster}`);
  return [...groups.values()].map((members) => ({ stratum: members[0].stratum ?? "", members }));
}

/** What of a dimension makes a score. */
type Scored = Pick<Dimension, "score" | "sums" | "refusalBounds">;

/** The score with refusals relabelled: what they decide. */
export function refusalBounds(dimension: Scored, answers: readonly LabelledAnswer[]): RefusalBounds {
  if (answers.length === 0) return { asRight: null, asWrong: null, leftOut: null };
  const { scorer } = answers[0].label;
  if (dimension.refusalBounds !== undefined) return dimension.refusalBounds(answers, scorer);
  const counted = (value: number, state: "right" | "wrong"): LabelledAnswer[] =>
    answers.map((answer) =>
      answer.label.state === "refused" ? { ...answer, label: { ...answer.label, state, value } } : answer,
    );
  return {
    asRight: dimension.score(counted(1, "right"), scorer),
    asWrong: dimension.score(counted(0, "wrong"), scorer),
    leftOut: dimension.score(
      answers.filter(({ label }) => label.state !== "refused"),
      scorer,
    ),
  };
}

/**
 * The clusters of one task as right or wrong, 1 or 0, where the score is their plain mean: each has one answer, or as many equal ones
 * as every other. Else null.
 */
function unitsOf(answers: readonly LabelledAnswer[], score: number): number[] | null {
  const values = valuesOf(answers);
  if (values.length !== answers.length || values.some((value) => value !== 0 && value !== 1)) return null;
  if (answers.some(({ task, stratum }) => task !== answers[0].task || stratum !== null)) return null;
  if (Math.abs((100 * sumOf(values)) / values.length - score) >= 1e-9) return null;
  const clusters = clustersOf(answers).map(({ members }) => valuesOf(members));
  const alike = clusters.every((ofCluster) => ofCluster.length === clusters[0].length && new Set(ofCluster).size === 1);
  return alike ? clusters.map(([value]) => value) : null;
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

function wilsonInterval(units: readonly number[]): Interval & {
  readonly method: "wilson";
  readonly clusters: number;
  readonly fewClusters: boolean;
} {
  const { low, high } = wilson(sumOf(units), units.length);
  // Wilson's interval holds its level at any n, so few items need no warning
  return { low: 100 * low, high: 100 * high, method: "wilson", clusters: units.length, fewClusters: false };
}

const valuesOf = (answers: readonly LabelledAnswer[]): number[] =>
  answers.map(({ label }) => label.value).filter((value) => value !== undefined);

const countState = (answers: readonly LabelledAnswer[], state: Label["state"]): number =>
  answers.filter(({ label }) => label.state === state).length;

import type { Random } from "../core/random.js";
import {
  type Bootstrap,
  bootstrapIndexed,
  bootstrapInterval,
  type Cluster,
  FEW_CLUSTERS,
  differenceBetween,
  indexed,
  type IndexedStatistic,
  type Interval,
  LEVEL,
  type McNemar,
  mcnemar,
  type PairedCounts,
  pairedDifference,
  signFlip,
  strataOf,
  tailOf,
} from "../statistics/index.js";
import { clustersOf, type Dimension, isReadable, type LabelledAnswer, scoreStatistic } from "../trust/index.js";
import { pairById } from "./pairing.js";

/** What a drift's intervals are read from: counts where each cluster is right or wrong as a whole, else resamples. */
export type DriftEvidence =
  { readonly kind: "counts"; readonly counts: PairedCounts } | { readonly kind: "resamples"; readonly resamples: Bootstrap };

/** How far a variant's score moved from the base's on the items that both have, in points. */
export interface Drift extends Interval {
  readonly value: number;
  /** Two-sided, of no drift, by `test`. */
  readonly pValue: number;
  readonly test: "mcnemar" | "sign-flip" | "bootstrap";
  /** Discordant pairs of right or refused against wrong: exact p, mid-p, odds ratio. */
  readonly mcnemar: McNemar;
  /** Pairs whose value fell, and rose. */
  readonly lost: number;
  readonly gained: number;
  readonly pairs: number;
  /** Pairs left out because a side's answer is degenerate and has no value: a score of other items is no drift. */
  readonly unreadable: number;
  readonly onlyInBase: number;
  readonly onlyInOther: number;
  readonly clusters: number;
  readonly fewClusters: boolean;
  readonly evidence: DriftEvidence;
}

/** The answers to a measure of two variants. */
export interface Sides {
  readonly base: readonly LabelledAnswer[];
  readonly other: readonly LabelledAnswer[];
}

/**
 * Paired drift: both scores on the same items that both answered readably, with a 95 % interval from one resampling of clusters
 * for both, so that shared difficulty cancels; Tango's score interval, which needs no resampling, of right and wrong by cluster. p: exact
 * McNemar where each item is its own cluster, else sign flips of clusters; for a score that is no plain mean, the bootstrap's
 * two-sided tail.
 * @returns null where a side has no score on the common items
 * @see STATISTICS.md, section 4
 */
export function drift(
  dimension: Scored,
  sides: Sides,
  { random, resamples }: { readonly random: Random; readonly resamples?: number },
): Drift | null {
  const { pairs, clusters, ...left } = pairedClusters(sides);
  const value = differenceOf(dimension, pairs);
  if (value === null) return null;
  const steps = pairs.map(stepOf);
  const [lost, gained] = [steps.filter((step) => step < 0).length, steps.filter((step) => step > 0).length];
  const test = chooseTest(pairs, { value, clusters: clusters.length });
  const evidence = evidenceOf(clusters, dimension, { random, ...(resamples === undefined ? {} : { resamples }) });
  if (evidence === null) return null;
  const discordant = mcnemar(gained, lost);
  return {
    value,
    ...driftInterval({ evidence }),
    pValue: pValueOf(test, { discordant, clusters, evidence, random }),
    test,
    mcnemar: discordant,
    lost,
    gained,
    pairs: pairs.length,
    ...left,
    clusters: clusters.length,
    fewClusters: clusters.length < FEW_CLUSTERS,
    evidence,
  };
}

/** The interval of a drift at another level. @returns points */
export function driftInterval({ evidence }: Pick<Drift, "evidence">, level = LEVEL): Interval {
  if (evidence.kind === "resamples") return bootstrapInterval(evidence.resamples, level);
  const { low, high } = pairedDifference(evidence.counts, level);
  return { low: 100 * low, high: 100 * high };
}

/** Two readable answers to one item. */
export interface Pair {
  readonly base: LabelledAnswer;
  readonly other: LabelledAnswer;
}

/** Pairs of readable answers, and the clusters that they are drawn in; what is left out is counted. */
export function pairedClusters({ base, other }: Sides) {
  const { pairs: all, onlyInBase, onlyInOther } = pairById(base, other);
  const pairs: Pair[] = all.filter((pair) => isReadable(pair.base) && isReadable(pair.other));
  const members = pairs.map((pair) => ({ ...pair, cluster: pair.base.cluster, stratum: pair.base.stratum }));
  const clusters: Cluster<Pair>[] = clustersOf(members);
  const counts = { unreadable: all.length - pairs.length, onlyInBase: onlyInBase.length, onlyInOther: onlyInOther.length };
  return { pairs, clusters, ...counts };
}

/** What has a score: a dimension, or a part of one. */
export type Scored = Pick<Dimension, "score" | "sums">;

/** The difference of scores over clusters of pairs, the variant's less the base's; both are of the same draw. */
export function driftStatistic(clusters: readonly Cluster<Pair>[], dimension: Scored): IndexedStatistic {
  const [base, other] = (["base", "other"] as const).map((side) => {
    const ofSide = clusters.map(({ stratum, members }) => ({ stratum, members: members.map((pair) => pair[side]) }));
    const answers = ofSide.flatMap(({ members }) => members);
    return indexed(ofSide, answers.length === 0 ? () => null : scoreStatistic(dimension, answers));
  });
  return differenceBetween(other, base);
}

/** What the intervals of the same drift are read from, without its tests; null where there is no drift. */
export function driftEvidence(
  dimension: Scored,
  sides: Sides,
  options: { readonly random: Random; readonly resamples?: number },
): DriftEvidence | null {
  const { clusters } = pairedClusters(sides);
  return clusters.length === 0 ? null : evidenceOf(clusters, dimension, options);
}

function evidenceOf(
  clusters: readonly Cluster<Pair>[],
  dimension: Scored,
  { random, ...options }: { readonly random: Random; readonly resamples?: number },
): DriftEvidence | null {
  const counts = unitCounts(clusters, dimension);
  if (counts !== null) return { kind: "counts", counts };
  const given = { random: random.fork("drift"), range: { low: -100, high: 100 }, ...options };
  const found = bootstrapIndexed(strataOf(clusters), driftStatistic(clusters, dimension), given);
  return found === null ? null : { kind: "resamples", resamples: found };
}

/**
 * Clusters as units of right and wrong; null unless all have as many members, which moved together, and the score is their plain
 * mean.
 */
export function unitCounts(clusters: readonly Cluster<Pair>[], dimension: Pick<Scored, "score">): PairedCounts | null {
  const size = clusters[0].members.length;
  const steps = clusters.map(({ members }) => {
    const step = stepOf(members[0]);
    const isOne = members.length === size && members.every((pair) => isBinary(pair) && stepOf(pair) === step);
    return isOne ? step : null;
  });
  if (steps.includes(null)) return null;
  const [gained, lost] = [1, -1].map((way) => steps.filter((step) => step === way).length);
  const score = differenceOf(
    dimension,
    clusters.flatMap(({ members }) => members),
  );
  const mean = (100 * (gained - lost)) / clusters.length;
  return score === null || Math.abs(score - mean) > 1e-9 ? null : { gained, lost, pairs: clusters.length };
}

const isBinary = ({ base, other }: Pair): boolean => [base.label.value, other.label.value].every((one) => one === 0 || one === 1);

interface Tested {
  readonly discordant: McNemar;
  readonly clusters: readonly Cluster<Pair>[];
  readonly evidence: DriftEvidence;
  readonly random: Random;
}

function pValueOf(test: Drift["test"], { discordant, clusters, evidence, random }: Tested): number {
  if (test === "mcnemar") return discordant.pValue;
  if (test === "bootstrap" && evidence.kind === "resamples") return tailOf(evidence.resamples);
  const sums = clusters.map(({ members }) => members.reduce((sum, pair) => sum + stepOf(pair), 0));
  return signFlip(sums, { random: random.fork("flips") });
}

function differenceOf(dimension: Pick<Scored, "score">, pairs: readonly Pair[]): number | null {
  if (pairs.length === 0) return null;
  const { scorer } = pairs[0].base.label;
  const [before, after] = [pairs.map(({ base }) => base), pairs.map(({ other }) => other)].map((side) =>
    dimension.score(side, scorer),
  );
  return before === null || after === null ? null : after - before;
}

/** Change of value; 0 where a side has none, which moves the score but is no step of a pair. */
function stepOf({ base, other }: Pair): number {
  const [before, after] = [base.label.value, other.label.value];
  return before === undefined || after === undefined ? 0 : after - before;
}

function chooseTest(
  pairs: readonly Pair[],
  { value, clusters }: { readonly value: number; readonly clusters: number },
): Drift["test"] {
  if (pairs.some(({ base, other }) => base.label.value === undefined || other.label.value === undefined)) return "bootstrap";
  const mean = pairs.reduce((sum, pair) => sum + stepOf(pair), 0) / pairs.length;
  if (Math.abs(100 * mean - value) > 1e-9) return "bootstrap";
  return clusters === pairs.length && pairs.every(isBinary) ? "mcnemar" : "sign-flip";
}

import type { Random } from "../core/random.js";
import { clusterBootstrap, type Interval, type McNemar, mcnemar, signFlip } from "../statistics/index.js";
import { clustersOf, type Dimension, type LabelledAnswer } from "../trust/index.js";
import { pairById } from "./pairing.js";

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
}

/**
 * Paired drift: both scores on the same items that both answered readably, with a 95 % interval from one resampling of clusters for both, so that shared
 * difficulty cancels. p: exact McNemar where each item is its own cluster, else sign flips of clusters; for a score that is no
 * plain mean, the bootstrap's two-sided tail.
 * @returns null where a side has no score on the common items
 * @see STATISTICS.md, section 4
 */
export function drift(
  dimension: Pick<Dimension, "score">,
  { base, other }: { readonly base: readonly LabelledAnswer[]; readonly other: readonly LabelledAnswer[] },
  { random, resamples }: { readonly random: Random; readonly resamples?: number },
): Drift | null {
  const { pairs: all, onlyInBase, onlyInOther } = pairById(base, other);
  const pairs = all.filter((pair) => isReadable(pair.base) && isReadable(pair.other));
  if (pairs.length === 0) return null;
  const difference = (sample: readonly Pair[]): number | null => differenceOf(dimension, sample);
  const members = pairs.map((pair) => ({ ...pair, cluster: pair.base.cluster, stratum: pair.base.stratum }));
  const clusters = clustersOf(members);
  const value = difference(pairs);
  const interval = clusterBootstrap(clusters, difference, {
    random: random.fork("drift"),
    range: { low: -100, high: 100 },
    ...(resamples === undefined ? {} : { resamples }),
  });
  if (value === null || interval === null) return null;
  const steps = pairs.map(stepOf);
  const [lost, gained] = [steps.filter((step) => step < 0).length, steps.filter((step) => step > 0).length];
  const discordant = mcnemar(gained, lost);
  const test = chooseTest(dimension, pairs, clusters.length);
  const sums = clusters.map((cluster) => cluster.members.reduce((sum, pair) => sum + stepOf(pair), 0));
  const pValue = {
    mcnemar: () => discordant.pValue,
    "sign-flip": () => signFlip(sums, { random: random.fork("flips") }),
    bootstrap: () => interval.tail,
  };
  return {
    value,
    low: interval.low,
    high: interval.high,
    pValue: pValue[test](),
    test,
    mcnemar: discordant,
    lost,
    gained,
    pairs: pairs.length,
    unreadable: all.length - pairs.length,
    onlyInBase: onlyInBase.length,
    onlyInOther: onlyInOther.length,
    clusters: clusters.length,
    fewClusters: interval.fewClusters,
  };
}

/** Whether an answer has a value, or a state that scores take for one. */
export const isReadable = ({ label }: LabelledAnswer): boolean => label.state !== "degenerate" || label.value !== undefined;

interface Pair {
  readonly base: LabelledAnswer;
  readonly other: LabelledAnswer;
}

function differenceOf(dimension: Pick<Dimension, "score">, pairs: readonly Pair[]): number | null {
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

function chooseTest(dimension: Pick<Dimension, "score">, pairs: readonly Pair[], clusters: number): Drift["test"] {
  const values = pairs.flatMap(({ base, other }) => [base.label.value, other.label.value]);
  if (values.some((value) => value === undefined)) return "bootstrap";
  const mean = pairs.reduce((sum, pair) => sum + stepOf(pair), 0) / pairs.length;
  const difference = differenceOf(dimension, pairs);
  if (difference === null || Math.abs(100 * mean - difference) > 1e-9) return "bootstrap";
  return clusters === pairs.length && values.every((value) => value === 0 || value === 1) ? "mcnemar" : "sign-flip";
}

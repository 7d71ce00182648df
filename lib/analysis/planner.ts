import type { Random } from "../core/random.js";
import {
  type Bootstrap,
  bootstrapInterval,
  influenceSummary,
  type Interval,
  jackknife,
  linearInterval,
  type PairedCounts,
  pairedDifference,
  strataOf,
} from "../statistics/index.js";
import { driftStatistic, pairedClusters, type Scored, type Sides, unitCounts } from "./drift.js";
import { verdictOf } from "./verdict.js";

/** One study size on the curve. */
export interface PlannedSize {
  readonly clusters: number;
  /** Share of simulated studies of that size whose verdict is not "undecided", 0–1. */
  readonly decided: number;
  /** Standard error of the share, by the number of simulated studies. */
  readonly error: number;
}

/** What is simulated. */
export interface PlanOptions {
  readonly random: Random;
  /** Points. */
  readonly margin: number;
  /** Level of the verdict's interval: 1 − 0.05 over the size of its family, where the family's verdicts are open. */
  readonly level: number;
  /** Sizes, in clusters. Default: from as many as there are to 32 times as many. */
  readonly sizes?: readonly number[];
  /** Studies a size. Default: 2,000, fewer where there are many clusters. */
  readonly studies?: number;
}

/**
 * How often a study of each size would settle a drift, if the clusters at hand are what more of them would be like: clusters drawn with
 * replacement, the verdict's rule applied to each draw. Intervals of means and composites are taken from the clusters' influences in
 * place of an inner bootstrap; `npm run bench -- coverage` holds the two together.
 * @returns null where there is no drift to speak of
 * @see STATISTICS.md, section 8
 */
export function planCurve(
  dimension: Scored,
  sides: Sides,
  { random, margin, level, ...options }: PlanOptions,
): PlannedSize[] | null {
  const clusters = pairedClusters(sides).clusters.length;
  const study = simulation(dimension, sides, random);
  if (clusters === 0 || study === null) return null;
  const sizes = options.sizes ?? STEPS.map((step) => Math.ceil(clusters * step));
  const studies = options.studies ?? Math.round(Math.min(2000, Math.max(300, MOST_DRAWS / (clusters * sum(STEPS)))));
  return sizes.map((size) => {
    const source = random.fork(`size ${size}`);
    let settled = 0;
    for (let i = 0; i < studies; i++) if (verdictOf(study(size, level, source), margin) !== "undecided") settled++;
    const decided = settled / studies;
    const shrunk = (settled + 2) / (studies + 4); // of none or all, the error is not 0
    return { clusters: size, decided, error: Math.sqrt((shrunk * (1 - shrunk)) / studies) };
  });
}

/** Steps of a third of an octave, up to 32 times. */
const STEPS = Array.from({ length: 16 }, (_, step) => 2 ** (step / 3));
const MOST_DRAWS = 3e7;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The interval of one simulated study of so many clusters, in points. */
type Simulation = (size: number, level: number, random: Random) => Interval;

function simulation(dimension: Scored, sides: Sides, random: Random): Simulation | null {
  const { clusters } = pairedClusters(sides);
  if (clusters.length === 0) return null;
  const counts = unitCounts(clusters, dimension);
  if (counts !== null) return ofCounts(counts);
  const statistic = driftStatistic(clusters, dimension);
  const estimate = statistic.of(new Int32Array(clusters.length).fill(1));
  if (estimate === null) return null;
  const strata = strataOf(clusters);
  const influence = jackknife(strata, statistic, random.fork("jackknife"));
  const moves = strata.map((stratum) =>
    [...stratum].map((index) => influence?.values.get(index)).filter((one) => one !== undefined),
  );
  return ofInfluences({ estimate, moves, sizes: strata.map(({ length }) => length) });
}

const ofCounts =
  ({ gained, lost, pairs }: PairedCounts): Simulation =>
  (size, level, random) => {
    let [up, down] = [0, 0];
    for (let i = 0; i < size; i++) {
      const drawn = random.integer(pairs);
      if (drawn < gained) up++;
      else if (drawn < gained + lost) down++;
    }
    const { low, high } = pairedDifference({ gained: up, lost: down, pairs: size }, level);
    return { low: 100 * low, high: 100 * high };
  };

interface Influences {
  readonly estimate: number;
  /** By stratum, of the clusters that were left out in turn. */
  readonly moves: readonly (readonly number[])[];
  /** Clusters by stratum. */
  readonly sizes: readonly number[];
}

function ofInfluences({ estimate, moves, sizes }: Influences): Simulation {
  const all = sum(sizes);
  return (size, level, random) => {
    let value = estimate;
    const parts = moves.map((ofStratum, index) => {
      const share = Math.max(2, Math.round((size * sizes[index]) / all));
      const drawn = momentsOf(ofStratum, { share, weight: sizes[index] / share, random });
      value += drawn.total;
      return drawn;
    });
    const summary = influenceSummary(parts);
    return summary === null ? equalInterval(value, size, level) : clipped(linearInterval(value, summary, level));
  };
}

interface Draw {
  readonly share: number;
  readonly weight: number;
  readonly random: Random;
}

/** Sum, and sums of squared and cubed deviations, of as many draws as the stratum's share. */
function momentsOf(values: readonly number[], { share, weight, random }: Draw) {
  let [first, second, third] = [0, 0, 0];
  for (let i = 0; i < share && values.length > 0; i++) {
    const value = weight * values[random.integer(values.length)];
    first += value;
    second += value * value;
    third += value * value * value;
  }
  const centre = first / share;
  const squares = Math.max(0, second - share * centre ** 2);
  return {
    total: first,
    squares: squares < ROUNDING * second ? 0 : squares,
    cubes: third - 3 * centre * second + 2 * share * centre ** 3,
    size: share,
  };
}

const ROUNDING = 1e-12;
const RANGE: Interval = { low: -100, high: 100 };
const clipped = ({ low, high }: Interval): Interval => ({ low: Math.max(RANGE.low, low), high: Math.min(RANGE.high, high) });

/** As the bootstrap's, where no cluster differs from another. */
function equalInterval(estimate: number, clusters: number, level: number): Interval {
  const found: Bootstrap = {
    estimate,
    replicates: new Float64Array(0),
    acceleration: null,
    error: null,
    degrees: Infinity,
    range: RANGE,
    clusters,
  };
  return bootstrapInterval(found, level);
}

import { groupBy } from "../core/group.js";
import type { Random } from "../core/random.js";
import {
  type Bootstrap,
  bootstrapIndexed,
  bootstrapInterval,
  type ComponentName,
  crossedAnova,
  crossedMoments,
  fQuantile,
  type Interval,
  strataOf,
  type VarianceComponent,
  withShares,
} from "../statistics/index.js";
import { labelled } from "../study/index.js";
import { type Dimension, isReadable, type LabelledAnswer, type ScorerName } from "../trust/index.js";
import { driftStatistic, pairedClusters } from "./drift.js";
import type { Family } from "./families.js";

/** The answers of one calibration seed and one draw. */
export interface SeedRun {
  readonly calibrationSeed: number | null;
  /** The decoding seed, or the repeat where only one seed was drawn with; null for greedy answers. */
  readonly draw: number | null;
  readonly answers: readonly LabelledAnswer[];
  /** Null where there is nothing to score. */
  readonly score: number | null;
}

/** What moves a family's score, in points. */
export interface SeedVariance {
  readonly runs: readonly SeedRun[];
  readonly drawnBy: "decoding seed" | "repeat";
  readonly levels: { readonly calibration: number; readonly draws: number; readonly items: number };
  /** None where it can't be told. */
  readonly components: readonly VarianceComponent[];
  /** `anova`: balanced means of items; `resampling`: any score, or a design with gaps, without items and rest. */
  readonly basis: "anova" | "resampling" | null;
  /** Why it can't be told, in words. */
  readonly reason: string | null;
}

/**
 * Variance over calibration seed, decoding seed and item: the crossed ANOVA where every item has a value in every run and the score is
 * their mean, else the same from differences of scores between runs, less what resampling of clusters explains.
 * @see STATISTICS.md, section 10
 */
export function seedVariance(
  family: Family,
  { scorer, random }: { readonly scorer: ScorerName; readonly random: Random },
): SeedVariance {
  const { dimension } = family;
  const { runs, drawnBy } = runsOf(family, scorer);
  const cube = cubeOf(runs, dimension, scorer);
  const levels = {
    calibration: new Set(runs.map(({ calibrationSeed }) => calibrationSeed)).size,
    draws: new Set(runs.map(({ draw }) => draw)).size,
    items: new Set(runs.flatMap(({ answers }) => answers.map(placeOf))).size,
  };
  const facts = { runs, drawnBy, levels };
  const untold = (reason: string): SeedVariance => ({ ...facts, components: [], basis: null, reason });
  if (levels.items === 0) return untold("no answer can be read");
  if (runs.length < 2) return untold("one calibration seed and one draw of each answer");
  if (levels.items < 2) return untold("one item only");
  if (cube !== null) {
    const anova = crossedAnova(cube);
    if (anova === null) return untold(`all ${levels.items * runs.length} values are equal`);
    return { ...facts, components: anova.components.map(bounded), basis: "anova", reason: null };
  }
  const components = crossedMoments(
    runs.map((run) => ({ ...run, s: String(run.calibrationSeed), k: String(run.draw) })),
    (one, other) => runDifference([one, other], { dimension, scorer, random }),
  );
  if (components.length === 0) return untold("no two runs have scores on common items");
  if (components.every(({ interval }) => interval.high === 0)) return untold("runs do not differ on what both answered readably");
  return { ...facts, components: withShares(components).map(bounded), basis: "resampling", reason: null };
}

/** Of values between 0 and 100 no standard deviation is above 50. */
const bounded = (component: VarianceComponent): VarianceComponent => ({
  ...component,
  interval: { low: component.interval.low, high: Math.min(component.interval.high, Math.max(50, component.sd)) },
});

/** The component in words. */
export const componentName = (name: ComponentName, drawnBy: SeedVariance["drawnBy"]): string =>
  ({ item: "item", s: "calibration seed", k: drawnBy, sk: `calibration seed x ${drawnBy}`, rest: "rest" })[name];

/** The mean of the seeds' scores with its 95 % interval by Student's t; calibration seeds where there are several, else draws. */
export function meanOverSeeds(
  runs: readonly SeedRun[],
): { readonly mean: number; readonly interval: Interval | null; readonly n: number } | null {
  const scored = runs.flatMap(({ calibrationSeed, draw, score }) => (score === null ? [] : [{ calibrationSeed, draw, score }]));
  if (scored.length === 0) return null;
  const bySeed = [...groupBy(scored, ({ calibrationSeed }) => calibrationSeed).values()];
  const values =
    bySeed.length > 1 ? bySeed.map((group) => meanOf(group.map(({ score }) => score))) : scored.map(({ score }) => score);
  const mean = meanOf(values);
  const n = values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  if (n < 2 || variance < 1e-18) return { mean, interval: null, n }; // equal seeds do not make it certain
  const half = Math.sqrt((fQuantile(0.95, 1, n - 1) * variance) / n);
  return { mean, interval: { low: Math.max(0, mean - half), high: Math.min(100, mean + half) }, n };
}

function runsOf({ members, dimension }: Family, scorer: ScorerName): Pick<SeedVariance, "runs" | "drawnBy"> {
  const sides = members.map(({ calibrationSeed, records }) => ({
    calibrationSeed,
    answers: labelled(records, scorer).filter(isReadable),
  }));
  const all = sides.flatMap(({ answers }) => answers);
  const seeds = new Set(all.map(({ decodingSeed }) => decodingSeed ?? null));
  const byRepeat = seeds.size < 2 && isPlainMean(all, dimension, scorer);
  const drawOf = ({ decodingSeed, repeat }: LabelledAnswer): number | null =>
    typeof decodingSeed !== "number" ? null : byRepeat ? repeat : decodingSeed;
  const runs = sides.flatMap(({ calibrationSeed, answers }) =>
    [...groupBy(answers, drawOf)].map(([draw, ofRun]) => ({
      ...{ calibrationSeed, draw, answers: ofRun },
      score: dimension.score(ofRun, scorer),
    })),
  );
  return { runs, drawnBy: byRepeat ? "repeat" : "decoding seed" };
}

/** Values in points, [items][calibration seeds][draws]; null where one is missing, or a run's score is not the mean of its values. */
function cubeOf(runs: readonly SeedRun[], dimension: Dimension, scorer: ScorerName): number[][][] | null {
  const seeds = [...new Set(runs.map(({ calibrationSeed }) => calibrationSeed))];
  const draws = [...new Set(runs.map(({ draw }) => draw))];
  if (runs.length < seeds.length * draws.length) return null;
  if (!runs.every(({ answers }) => isPlainMean(answers, dimension, scorer))) return null;
  const valuesOf = ({ answers }: SeedRun): Map<string, number> =>
    new Map(
      [...groupBy(answers, placeOf)].map(([place, all]) => [
        place,
        100 * meanOf(all.map(({ label }) => label.value ?? Number.NaN)),
      ]),
    );
  const tables = new Map(runs.map((run) => [`${run.calibrationSeed} ${run.draw}`, valuesOf(run)]));
  const items = [...new Set(runs.flatMap(({ answers }) => answers.map(placeOf)))];
  const cube = items.map((item) =>
    seeds.map((seed) => draws.map((draw) => tables.get(`${seed} ${draw}`)?.get(item) ?? Number.NaN)),
  );
  return cube.flat(2).some(Number.isNaN) ? null : cube;
}

/** Is the score the mean over items of their answers' mean value? */
function isPlainMean(answers: readonly LabelledAnswer[], dimension: Dimension, scorer: ScorerName): boolean {
  const score = dimension.score(answers, scorer);
  const means = [...groupBy(answers, placeOf).values()].map((all) => meanOf(all.map(({ label }) => label.value ?? Number.NaN)));
  return score !== null && Math.abs(100 * meanOf(means) - score) < 1e-9;
}

interface Differing {
  readonly dimension: Dimension;
  readonly scorer: ScorerName;
  readonly random: Random;
}

const SIGMAS = 2 * 1.959963984540054;

function runDifference([one, other]: readonly [SeedRun, SeedRun], { dimension, random }: Differing) {
  const alike = (answers: readonly LabelledAnswer[]): LabelledAnswer[] =>
    answers.map((answer) => ({ ...answer, decodingSeed: 0 }));
  const { clusters } = pairedClusters({ base: alike(other.answers), other: alike(one.answers) });
  if (clusters.length < 2) return null;
  const options = { random: random.fork("difference"), range: { low: -100, high: 100 } };
  const found = bootstrapIndexed(strataOf(clusters), driftStatistic(clusters, dimension), options);
  if (found === null) return null;
  return { value: found.estimate, noise: noiseOf(found), units: clusters.length };
}

/** The jackknife's variance; where no cluster moves the difference, what its interval stands for, unless there is none to speak of. */
function noiseOf(found: Bootstrap): number {
  if (found.error !== null) return found.error ** 2;
  const { low, high } = bootstrapInterval(found);
  return found.estimate === 0 ? 0 : ((high - low) / SIGMAS) ** 2;
}

const placeOf = ({ task, item }: LabelledAnswer): string => `${task}\u0000${item}`;
const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

import { groupBy } from "../core/group.js";
import type { Random } from "../core/random.js";
import { isotonic, isotonicDistance, simultaneousBounds } from "../statistics/index.js";
import type { ScorerName } from "../trust/index.js";
import type { Comparison } from "./comparisons.js";
import { familiesOf, type Family } from "./families.js";
import { jointDrifts, type ResampledDrift } from "./joint-resampling.js";
import { DEFAULT_MARGIN } from "./margin.js";

/** A compression, under any calibration seed, as a choice. */
export interface Candidate {
  readonly title: string;
  readonly method: string;
  readonly rate: number;
  /** By dimension. */
  readonly cells: ReadonlyMap<string, CandidateCell>;
}

/** What a candidate does in one dimension. */
export interface CandidateCell {
  readonly family: Family;
  readonly drift: ResampledDrift;
  /** Lower bound of the drift, simultaneous with all cells. */
  readonly low: number;
  readonly clears: boolean;
}

/** One method's, or all methods', choice in one dimension, or in all. */
export interface RateChoice {
  /** A dimension; null: all of them at once, which is the worst one. */
  readonly dimension: string | null;
  /** Null: of all methods. */
  readonly method: string | null;
  /** The strongest that clears the margin; null for none. */
  readonly recommended: Candidate | null;
  /** By title: the share of resamples in which it was the strongest whose point drift exceeds −margin. */
  readonly frequencies: ReadonlyMap<string, number>;
  /** The share in which none did. */
  readonly none: number;
  /** Candidates without answers in some dimension, or with fewer than half readable: they can't be told. */
  readonly untold: readonly string[];
}

/** Whether a method's drift falls with compression. */
export interface MonotoneFit {
  readonly dimension: string;
  readonly method: string;
  /** Of each candidate by title: drift by the non-decreasing fit, dense's 0 being one of its points. */
  readonly fit: ReadonlyMap<string, number>;
  /** Of a distance from the fit as large as the one seen, were the fit true. */
  readonly pValue: number;
}

/** How far a model can be compressed. */
export interface OptimalRate {
  readonly dimensions: readonly string[];
  readonly candidates: readonly Candidate[];
  readonly choices: readonly RateChoice[];
  readonly fits: readonly MonotoneFit[];
}

/** Below this share of readable pairs a drift speaks of the answers that survived, not of the compression. */
const LEAST_READABLE = 0.5;

/** Whether so few pairs of answers could be read that the candidate can't be chosen. */
export const isThin = ({ readable, asked }: Pick<ResampledDrift, "readable" | "asked">): boolean =>
  readable < LEAST_READABLE * asked;

/** How to choose. */
export interface RateOptions {
  readonly scorer: ScorerName;
  readonly random: Random;
  /** Points that a drift may fall. Default 2. */
  readonly margin?: number | undefined;
  /** Default 1,000. */
  readonly resamples?: number;
}

/**
 * The strongest compression that is not inferior to dense: by simultaneous bounds, and beside it how often each candidate would be the
 * choice in resamples of clusters and calibration seeds.
 * @see STATISTICS.md, section 11
 */
export function optimalRate(compared: readonly Comparison[], options: RateOptions): OptimalRate {
  const { margin = DEFAULT_MARGIN, resamples = 1000, scorer, random } = options;
  const families = familiesOf(compared.filter(({ base, baseRecords }) => base !== undefined && baseRecords.length > 0));
  const places = groupBy(families, (family) => placeName(family, families));
  const drawn = [...places].flatMap(([dimension, ofPlace]) =>
    jointDrifts(ofPlace, { scorer, random: random.fork(dimension), resamples }).flatMap((drift, i) =>
      drift === null ? [] : [{ dimension, family: ofPlace[i], drift }],
    ),
  );
  const bounds = simultaneousBounds(
    drawn.map(({ drift }) => ({
      estimate: drift.value,
      replicates: drift.replicates.filter((value) => value !== null),
      units: drift.clusters,
    })),
    { limit: -margin, range: { low: -100, high: 100 } },
  );
  const cells = drawn.map((cell, i) => ({ ...cell, ...bounds[i] }));
  const candidates = [...groupBy(cells, ({ family }) => family.title)].map(([title, ofCandidate]): Candidate => {
    const { method, rate } = ofCandidate[0].family.variant.summary;
    return { title, method, rate, cells: new Map(ofCandidate.map(({ dimension, ...cell }) => [dimension, cell])) };
  });
  candidates.sort((a, b) => b.rate - a.rate);
  const dimensions = [...places.keys()];
  const methods = [...new Set(candidates.map(({ method }) => method))];
  const scopes = [null, ...dimensions].flatMap((dimension) => [null, ...methods].map((method) => ({ dimension, method })));
  return {
    dimensions,
    candidates,
    choices: scopes.map((scope) => choose(candidates, { ...scope, dimensions, margin, resamples })),
    fits: dimensions.flatMap((dimension) => methods.flatMap((method) => fitOf(candidates, { dimension, method, resamples }))),
  };
}

/** A dimension's name, with suite and settings where it was asked in several ways. */
export function placeName({ dimension, suite, settings }: Family, all: readonly Family[]): string {
  const ways = new Set(
    all.filter((other) => other.dimension === dimension).map((other) => `${other.suite}\u0000${other.settings}`),
  );
  return ways.size < 2 ? dimension.name : `${dimension.name} (${settings === "" ? suite : `${suite}, ${settings}`})`;
}

interface Scope extends Pick<RateChoice, "dimension" | "method"> {
  readonly dimensions: readonly string[];
  readonly margin: number;
  readonly resamples: number;
}

function choose(candidates: readonly Candidate[], { dimension, method, dimensions, margin, resamples }: Scope): RateChoice {
  const wanted = dimension === null ? dimensions : [dimension];
  const ofMethod = candidates.filter((candidate) => method === null || candidate.method === method);
  const cellsOf = ({ cells }: Candidate): CandidateCell[] => wanted.flatMap((name) => cells.get(name) ?? []);
  const complete = ofMethod.filter((each) => {
    const cells = cellsOf(each);
    return cells.length === wanted.length && !cells.some(({ drift }) => isThin(drift));
  });
  const counts = new Map<string, number>();
  for (let i = 0; i < resamples; i++) {
    const passing = complete.filter((each) => cellsOf(each).every(({ drift }) => (drift.replicates[i] ?? -Infinity) > -margin));
    const best = strongest(passing, (each) => Math.min(...cellsOf(each).map(({ drift }) => drift.replicates[i] ?? -Infinity)));
    counts.set(best?.title ?? "", (counts.get(best?.title ?? "") ?? 0) + 1);
  }
  const frequencies = new Map(complete.map(({ title }) => [title, (counts.get(title) ?? 0) / resamples]));
  const clear = complete.filter((each) => cellsOf(each).every(({ clears }) => clears));
  return {
    ...{ dimension, method, frequencies, none: (counts.get("") ?? 0) / resamples },
    recommended: strongest(clear, (each) => Math.min(...cellsOf(each).map(({ low }) => low))),
    untold: ofMethod.filter((each) => !complete.includes(each)).map(({ title }) => title),
  };
}

/** Of the lowest rate; of equals the one that is furthest from the margin. */
function strongest(candidates: readonly Candidate[], worst: (candidate: Candidate) => number): Candidate | null {
  return candidates.reduce<Candidate | null>((best, each) => {
    if (best === null || each.rate < best.rate) return each;
    return each.rate === best.rate && worst(each) > worst(best) ? each : best;
  }, null);
}

interface FitOf {
  readonly dimension: string;
  readonly method: string;
  readonly resamples: number;
}

function fitOf(candidates: readonly Candidate[], { dimension, method, resamples }: FitOf): MonotoneFit[] {
  const points = candidates.flatMap(({ title, rate, method: own, cells }) => {
    const cell = own === method ? cells.get(dimension) : undefined;
    return cell === undefined ? [] : [{ title, x: rate, y: cell.drift.value, replicates: cell.drift.replicates }];
  });
  if (points.length === 0) return [];
  const dense = { x: 1, y: 0 };
  const fit = isotonic([...points, dense]);
  const observed = isotonicDistance([...points, dense]);
  let [beyond, counted] = [0, 0];
  for (let i = 0; i < resamples; i++) {
    const drawn = points.map(({ x, y, replicates }, at) => ({ x, y: fit[at] + (replicates[i] ?? Number.NaN) - y }));
    if (drawn.some(({ y }) => Number.isNaN(y))) continue;
    counted++;
    if (isotonicDistance([...drawn, { x: 1, y: fit[points.length] }]) >= observed - 1e-9) beyond++;
  }
  const pValue = observed < 1e-9 ? 1 : (beyond + 1) / (counted + 1);
  return [{ dimension, method, pValue, fit: new Map(points.map(({ title }, i) => [title, fit[i]])) }];
}

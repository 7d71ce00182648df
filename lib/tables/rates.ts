import type { ColumnTable } from "arquero";

import {
  type Candidate,
  comparisons,
  familiesOf,
  type Family,
  isThin,
  meanOverSeeds,
  noiseFloor,
  type OptimalRate,
  optimalRate,
  placeName,
  type RateChoice,
  seedVariance,
  settleMargin,
  type Selection,
} from "../analysis/index.js";
import { createRandom, type Random } from "../core/random.js";
import type { Study } from "../study/index.js";
import type { ScorerName } from "../trust/index.js";
import type { ColumnName } from "./columns.js";
import { makeTable, type Row } from "./make.js";

const NAMES: readonly ColumnName[] = [
  ...(["dimension", "variant", "method", "bits", "pattern", "rate", "score", "seedLow", "seedHigh", "seeds", "drift"] as const),
  ...(["driftBound", "clears", "recommended", "strongest", "frequency", "frequencyOfAll", "worst", "isotonicScore"] as const),
  ...(["pMonotone", "denseScore", "noiseFloor", "margin", "reason", "scorer", "pairs", "unpaired"] as const),
];

/** The name of the rows that speak of all dimensions at once. */
export const ALL_DIMENSIONS = "all";

/** What a table of rates is made from. */
export interface RateSelection extends Selection {
  /** Points that a drift may fall. Default: the study's last, else 2; a change is recorded in study.json. */
  readonly margin?: number | undefined;
}

/**
 * Every compression by rate in every dimension, then in all at once (its worst one): drift with simultaneous bound, whether it clears the
 * margin, which is recommended, and how firm that is in resamples. The dense variant's row has its score alone.
 */
export async function rateTable(study: Study, selection: RateSelection = {}): Promise<ColumnTable> {
  const { found, families, making } = await rates(study, selection);
  const dense = families
    .filter(isDense)
    .map((family): Row => ({ ...rowFacts(family, making), dimension: placeName(family, families) }));
  const rows = [...found.dimensions, ALL_DIMENSIONS].flatMap((dimension) => [
    ...dense.filter((row) => row.dimension === dimension).map((row) => ({ ...row, denseScore: row.score ?? null })),
    ...found.candidates.map((candidate) => ({
      ...rateRow(candidate, { dimension, found, dense, making }),
      margin: making.margin,
    })),
  ]);
  const others = dense.filter(({ dimension }) => !found.dimensions.some((name) => name === dimension));
  return makeTable(NAMES, [...others, ...rows]);
}

/**
 * The choices in words: over all dimensions and each, of all methods and each: "all dimensions, rtn: 4 bits; in resamples 4 bits in
 * 83 %, 8 bits in 15 %, none in 2 %".
 */
export async function rateWords(study: Study, selection: RateSelection = {}): Promise<string[]> {
  const { found, making } = await rates(study, selection);
  if (found.candidates.length === 0) return ["no compressed variant has answers in common with dense: no rate can be chosen"];
  const several = new Set(found.candidates.map(({ method }) => method)).size > 1;
  const lines = found.choices
    .filter(({ method, dimension }) => (several || method !== null) && (found.dimensions.length > 1 || dimension !== null))
    .map((choice) => choiceWords(choice, found));
  const bounds = `margin ${making.margin} points; bounds simultaneous over ${found.candidates.reduce((n, { cells }) => n + cells.size, 0)} drifts (Holm)`;
  const utility = found.dimensions.some((name) => name.startsWith("mmlu"))
    ? ""
    : "; mmlu was not measured, so nothing is said of utility";
  return [`${found.dimensions.join(", ")}: ${bounds}${utility}`, ...lines];
}

interface Making {
  readonly scorer: ScorerName;
  readonly random: Random;
  readonly margin: number;
}

async function rates(study: Study, selection: RateSelection) {
  const making: Making = {
    scorer: selection.scorer ?? "touchstone",
    random: createRandom(selection.seed ?? 0).fork("rate"),
    margin: (await settleMargin(study, selection.margin)).margin,
  };
  const compared = await comparisons(study, selection);
  return { found: optimalRate(compared, making), families: familiesOf(compared), making };
}

/** A family's score and what is around it in one dimension. */
function rowFacts(family: Family, { scorer, random }: Making): Row {
  const over = meanOverSeeds(seedVariance(family, { scorer, random }).runs);
  const [{ records, baseRecords, twinRecords }] = family.members;
  const base = isDense(family) ? records : baseRecords;
  const floor = noiseFloor(
    family.dimension,
    { base, twin: twinRecords, against: records },
    { scorer, random: random.fork("floor") },
  );
  return {
    ...figures(family),
    ...{ score: over?.mean ?? null, seedLow: over?.interval?.low ?? null, seedHigh: over?.interval?.high ?? null },
    ...{ seeds: over?.n ?? 0, noiseFloor: floor?.level ?? null, scorer },
  };
}

const figures = ({ title, variant: { summary } }: Family): Row => ({
  ...{ variant: title, method: summary.method, bits: summary.bits, pattern: summary.pattern, rate: summary.rate },
});

interface RowOf {
  readonly dimension: string;
  readonly found: OptimalRate;
  readonly dense: readonly Row[];
  readonly making: Making;
}

function rateRow(candidate: Candidate, { dimension, found, dense, making }: RowOf): Row {
  const { title, method, cells } = candidate;
  const isAll = dimension === ALL_DIMENSIONS;
  const scope = isAll ? null : dimension;
  const choiceOf = (of: string | null): RateChoice | undefined =>
    found.choices.find((choice) => choice.dimension === scope && choice.method === of);
  const [own, all] = [choiceOf(method), choiceOf(null)];
  const wanted = isAll ? found.dimensions : [dimension];
  const known = wanted.flatMap((name) => {
    const cell = cells.get(name);
    return cell === undefined ? [] : [{ name, ...cell }];
  });
  const missing = wanted.filter((name) => !cells.has(name));
  const [first] = cells.values();
  const facts = { ...figures(first.family), dimension, scorer: making.scorer };
  if (missing.length > 0) return { ...facts, reason: `not answered as dense was in ${missing.join(", ")}` };
  const worst = known.reduce((a, b) => (b.drift.value < a.drift.value ? b : a));
  const denseScore = dense.find((row) => row.dimension === dimension)?.score;
  const fit = found.fits.find((each) => each.dimension === dimension && each.method === method);
  return {
    ...facts,
    ...(isAll ? { worst: worst.name } : rowFacts(worst.family, making)),
    ...{
      drift: worst.drift.value,
      driftBound: Math.min(...known.map(({ low }) => low)),
      clears: known.every(({ clears, drift }) => clears && !isThin(drift)),
    },
    ...{ recommended: own?.recommended?.title === title, strongest: all?.recommended?.title === title },
    ...{ frequency: own?.frequencies.get(title) ?? null, frequencyOfAll: all?.frequencies.get(title) ?? null },
    ...(typeof denseScore === "number"
      ? { denseScore, isotonicScore: fit === undefined ? null : denseScore + (fit.fit.get(title) ?? 0) }
      : {}),
    pMonotone: fit?.pValue ?? null,
    ...{ pairs: worst.drift.readable, unpaired: worst.drift.asked - worst.drift.readable },
    reason: thinWords(candidate, wanted),
  };
}

/** Where fewer than half of the pairs can be read, how many; null where more can. */
function thinWords({ cells }: Candidate, dimensions: readonly string[]): string | null {
  const thin = dimensions.flatMap((dimension) => {
    const drift = cells.get(dimension)?.drift;
    if (drift === undefined || !isThin(drift)) return [];
    return [`${drift.readable} of ${drift.asked} pairs of answers in ${dimension}`];
  });
  return thin.length === 0 ? null : `readable in only ${thin.join(", ")}`;
}

const isDense = ({ variant }: Family): boolean => variant.recipe.method === "dense";

function choiceWords(
  { dimension, method, recommended, frequencies, none, untold }: RateChoice,
  { candidates, dimensions }: OptimalRate,
): string {
  const names = nameOf(candidates, method);
  const where = `${dimension ?? "all dimensions"}, ${method ?? "any method"}`;
  const reasons = new Map(
    candidates
      .filter(({ title }) => untold.includes(title))
      .map((each) => [each.title, thinWords(each, dimension === null ? dimensions : [dimension])]),
  );
  const unasked = [...reasons].filter(([, reason]) => reason === null).map(([title]) => names(title));
  const thin = [...reasons].flatMap(([title, reason]) => (reason === null ? [] : [`; ${names(title)} is ${reason}`]));
  const missing = `${unasked.length === 0 ? "" : `; not answered in full: ${unasked.join(", ")}`}${thin.join("")}`;
  if (frequencies.size === 0) return `${where}: cannot be told${missing}`;
  const shares = [...frequencies]
    .filter(([, share]) => share > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([title, share]) => `${names(title)} in ${percent(share)}`);
  const chosen = recommended === null ? "none clears the margin" : names(recommended.title);
  return `${where}: ${chosen}; in resamples ${[...shares, `none in ${percent(none)}`].join(", ")}${missing}`;
}

/** "4 bits" where that tells a method's candidates apart, else the title. */
function nameOf(candidates: readonly Candidate[], method: string | null): (title: string) => string {
  const short = ({ cells }: Candidate): string | undefined => {
    const [first] = cells.values();
    const { bits, pattern } = first.family.variant.summary;
    return pattern ?? (bits === null ? undefined : `${bits} bits`);
  };
  const own = candidates.filter((candidate) => candidate.method === method);
  return (title) => {
    const name = own.filter((each) => each.title === title).map(short)[0];
    return name === undefined || own.filter((each) => short(each) === name).length > 1 ? title : name;
  };
}

const percent = (share: number): string => (share > 0 && share < 0.01 ? "under 1 %" : `${Math.round(100 * share)} %`);

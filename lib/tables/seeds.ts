import type { ColumnTable } from "arquero";

import {
  comparisons,
  componentName,
  familiesOf,
  type Family,
  meanOverSeeds,
  type Selection,
  seedVariance,
} from "../analysis/index.js";
import { createRandom } from "../core/random.js";
import type { Study } from "../study/index.js";
import type { ColumnName } from "./columns.js";
import { makeTable, type Row } from "./make.js";

const VARIANCE: readonly ColumnName[] = [
  ...(["dimension", "suite", "settings", "recipe", "method", "bits", "pattern", "component", "sd", "low", "high"] as const),
  ...(["varianceShare", "calibrationSeeds", "draws", "items", "basis", "reason", "scorer"] as const),
];
const RUNS: readonly ColumnName[] = [
  ...(["dimension", "suite", "settings", "variant", "recipe", "method", "bits", "pattern"] as const),
  ...(["calibrationSeed", "draw", "score", "seedMean", "seedLow", "seedHigh", "seeds", "denseScore", "scorer"] as const),
];

/**
 * What moves the score of each method in each dimension: calibration seed, decoding seed, their interaction, item and rest, as
 * standard deviations in points with intervals; one row that says why where it can't be told.
 */
export async function seedsTable(study: Study, selection: Selection = {}): Promise<ColumnTable> {
  const scorer = selection.scorer ?? "touchstone";
  const random = createRandom(selection.seed ?? 0).fork("seeds");
  const rows = familiesOf(await comparisons(study, selection)).flatMap((family): Row[] => {
    const found = seedVariance(family, { scorer, random: random.fork(`${family.title} ${family.dimension.name}`) });
    const { calibration, draws, items } = found.levels;
    const facts = { ...cellsOf(family), calibrationSeeds: calibration, draws, items, basis: found.basis, scorer };
    if (found.components.length === 0) return [{ ...facts, reason: found.reason }];
    return found.components.map(({ name, sd, interval, share }) => ({
      ...facts,
      component: componentName(name, found.drawnBy),
      ...{ sd, low: interval.low, high: interval.high, varianceShare: share },
      reason: interval.high === 0 ? "less spread than chance alone would give" : null,
    }));
  });
  return makeTable(VARIANCE, rows);
}

/** The score of each calibration seed and draw, and of each method the mean over them with its interval: what `%plot seeds` draws. */
export async function seedRunsTable(study: Study, selection: Selection = {}): Promise<ColumnTable> {
  const scorer = selection.scorer ?? "touchstone";
  const random = createRandom(selection.seed ?? 0).fork("seeds");
  const families = familiesOf(await comparisons(study, selection)).map((family) => {
    const { runs } = seedVariance(family, { scorer, random });
    return { family, runs, over: meanOverSeeds(runs) };
  });
  const denseOf = ({ dimension, suite, settings }: Family): number | null =>
    families.find(
      ({ family: other }) =>
        isDense(other) && other.dimension === dimension && other.suite === suite && other.settings === settings,
    )?.over?.mean ?? null;
  const rows = families.flatMap(({ family, runs, over }): Row[] =>
    runs.map(({ calibrationSeed, draw, score }) => ({
      ...cellsOf(family),
      variant: family.members.find((member) => member.calibrationSeed === calibrationSeed)?.variant.title ?? family.title,
      ...{ calibrationSeed, draw, score, scorer, denseScore: denseOf(family) },
      ...{
        seedMean: over?.mean ?? null,
        seedLow: over?.interval?.low ?? null,
        seedHigh: over?.interval?.high ?? null,
        seeds: over?.n ?? 0,
      },
    })),
  );
  return makeTable(RUNS, rows);
}

const isDense = ({ variant }: Family): boolean => variant.recipe.method === "dense";

const cellsOf = ({ title, variant: { summary }, dimension, suite, settings }: Family): Row => ({
  ...{ dimension: dimension.name, suite, settings: settings === "" ? null : settings, recipe: title },
  ...{ method: summary.method, bits: summary.bits, pattern: summary.pattern },
});

import { join } from "node:path";

import { InputError } from "../../lib/core/errors.js";
import { groupBy } from "../../lib/core/group.js";
import { openLayered } from "../../lib/formats/layered-files.js";
import { type Cell, type ParityReport, runParity } from "./report.js";
import * as perspectives from "./trust/catalogue.js";
import { addUp, type Comparison, differenceOf, type Perspective } from "./trust/perspective.js";
import { readTruth, type TruthRow } from "./trust/truth.js";

const SCORE_TOLERANCE = 0.01; // of a point on 0–100; the published figures are given to that
const FEWEST_PER_SECOND = 3000;
const USAGE = "npm run parity:trust -- DIR [DIR…] [PERSPECTIVE…]";

/**
 * npm run parity:trust -- DIR [DIR…] [PERSPECTIVE…]: labels the published generations with `dt` and `comp` and compares labels
 * and scores with those of the original code. An earlier DIR lies over a later one; truth.json is the first one's.
 */
async function main(words: readonly string[]): Promise<Omit<ParityReport, "command">> {
  const known: Readonly<Record<string, Perspective>> = perspectives;
  const chosen = Object.values(known).filter(({ name }) => words.includes(name));
  const dirs = words.filter((word) => !chosen.some(({ name }) => name === word));
  if (dirs.length === 0) throw new InputError({ where: "the command line", found: "no DIR", expected: USAGE });
  const truth = await readTruth(join(dirs[0], "truth.json"));
  const asked = chosen.length > 0 ? chosen : Object.values(known);
  const compared: Compared[] = [];
  for (const perspective of asked) {
    const rows = truth.filter((row) => row.perspective === perspective.name);
    const files = await openLayered(dirs, perspective.wanted);
    const comparisons = await perspective.compare(files, rows);
    compared.push({ perspective: perspective.name, comparisons, uncovered: uncoveredRows(rows, comparisons) });
  }
  const all = chosen.length > 0 ? [] : [...groupBy(truth, ({ perspective }) => perspective).keys()];
  const unread = all.filter((name) => !asked.some((perspective) => perspective.name === name));
  return report(compared, unread);
}

interface Compared {
  readonly perspective: string;
  readonly comparisons: readonly Comparison[];
  /** Rows of the truth that no comparison speaks of. */
  readonly uncovered: readonly TruthRow[];
}

function uncoveredRows(rows: readonly TruthRow[], comparisons: readonly Comparison[]): TruthRow[] {
  return rows.filter(
    ({ model, variant, metric }) =>
      !comparisons.some(
        (one) =>
          one.model === model &&
          one.scorer === variant &&
          one.figures.some((figure) => figure.metric === metric || figure.metric.startsWith(`${metric} `)),
      ),
  );
}

function report(compared: readonly Compared[], unread: readonly string[]): Omit<ParityReport, "command"> {
  const comparisons = compared.flatMap((one) => one.comparisons);
  const labels = addUp(comparisons.map((one) => one.labels));
  const generations = comparisons.reduce((sum, one) => sum + one.generations, 0);
  const seconds = comparisons.reduce((sum, one) => sum + one.seconds, 0);
  const rows = compared.flatMap(({ perspective, comparisons }) => comparisons.map((one) => rowOf(perspective, one)));
  return {
    rows,
    figures: {
      labelsCompared: labels.compared,
      equalLabelShare: labels.compared === 0 ? null : labels.equal / labels.compared,
      largestScoreDifference: Math.max(0, ...comparisons.map((one) => worstOf(one).difference)),
      generationsPerSecond: Math.round(generations / seconds),
      unchecked: uncheckedOf(comparisons),
      results: rows,
    },
    missed: [
      ...unread.map((name) => `${name}: in truth.json, but not compared`),
      ...compared.flatMap(missedFloors),
      ...(generations / seconds < FEWEST_PER_SECOND
        ? [`${Math.round(generations / seconds)} generations a second, floor ${FEWEST_PER_SECOND}`]
        : []),
    ],
  };
}

/** What can't be checked, by reason: labels and figures. */
function uncheckedOf(comparisons: readonly Comparison[]): Record<string, number> {
  const counts = new Map<string, number>();
  const add = (reason: string, count: number): void => void counts.set(reason, (counts.get(reason) ?? 0) + count);
  for (const { unchecked, figures } of comparisons) {
    for (const [reason, count] of Object.entries(unchecked)) add(`labels: ${reason}`, count);
    for (const figure of figures) if (figure.unchecked !== undefined) add(`figures: ${figure.unchecked}`, 1);
  }
  return Object.fromEntries(counts);
}

function worstOf({ figures }: Comparison): { readonly metric: string; readonly difference: number } {
  return figures
    .map((figure) => ({ metric: figure.metric, difference: differenceOf(figure) ?? 0 }))
    .reduce((worst, one) => (one.difference > worst.difference ? one : worst), { metric: "", difference: 0 });
}

function rowOf(perspective: string, one: Comparison): Record<string, Cell> {
  const score = one.figures.find(({ metric }) => metric === "score");
  return {
    dimension: perspective,
    model: one.model,
    scorer: one.scorer,
    labels: one.labels.compared,
    "equal %": one.labels.compared === 0 ? null : round(100 * (one.labels.equal / one.labels.compared), 4),
    unchecked: Object.values(one.unchecked).reduce((sum, count) => sum + count, 0),
    figures: one.figures.filter((figure) => figure.unchecked === undefined).length,
    "figures unchecked": one.figures.filter((figure) => figure.unchecked !== undefined).length,
    score: score?.ours === null || score === undefined ? null : round(score.ours, 4),
    "score, truth": score?.truth === null || score === undefined ? null : round(score.truth, 4),
    "largest difference, points": round(worstOf(one).difference, 6),
    "generations/s": one.generations === 0 ? null : Math.round(one.generations / one.seconds),
  };
}

function missedFloors({ perspective, comparisons, uncovered }: Compared): string[] {
  return [
    ...(comparisons.length === 0 ? [`${perspective}: nothing was compared`] : []),
    ...uncovered.map(({ model, variant, metric }) => `${perspective} ${model} ${variant}: ${metric} was not compared`),
    ...comparisons.flatMap((one) => {
      const name = `${perspective} ${one.model} ${one.scorer}`;
      const { compared, equal } = one.labels;
      const { metric, difference } = worstOf(one);
      return [
        ...(equal < compared ? [`${name}: ${compared - equal} labels of ${compared} differ, floor 100 %`] : []),
        ...(difference > SCORE_TOLERANCE ? [`${name}: ${metric} differs by ${difference.toFixed(4)} points`] : []),
      ];
    }),
  ];
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

await runParity("parity:trust", () => main(process.argv.slice(2)));

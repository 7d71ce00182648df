import type { ColumnTable } from "arquero";

import { type Comparison, comparisons, type Drift, drift, type Selection } from "../analysis/index.js";
import { createRandom, type Random } from "../core/random.js";
import { holm } from "../statistics/index.js";
import { type ItemRecord, labelled, type Study } from "../study/index.js";
import { aggregate, countAnswers, type Score, type ScorerName, tasksOf } from "../trust/index.js";
import type { ColumnName } from "./columns.js";
import { type FloorCells, floorMaker } from "./floor-cells.js";
import { makeTable, type Row } from "./make.js";
import { variantCells } from "./variant-cells.js";

const NAMES: readonly ColumnName[] = [
  ...([
    "variant",
    "method",
    "bits",
    "pattern",
    "rate",
    "bitsPerWeight",
    "dimension",
    "task",
    "suite",
    "settings",
    "score",
    "low",
    "high",
    "n",
    "counted",
  ] as const),
  ...(["refusals", "degenerates", "drift", "driftLow", "driftHigh", "pValue", "pHolm", "test", "pairs", "unpaired"] as const),
  ...(["lost", "gained", "clusters", "fewClusters", "refusalsAsRight", "refusalsAsWrong", "scorer"] as const),
  ...(["noiseFloor", "insideFloor", "floorSource"] as const),
];

/** The name of the row that holds a dimension's score over its tasks. */
export const ALL_TASKS = "all";

/**
 * One row a variant and dimension, and where several of its tasks were asked one more for each: score with interval and counts,
 * and the paired drift from the dense variant of the same model, with p-values adjusted by Holm over all rows that have one.
 * @throws InputError where a dimension's answers were rated by several judges and `selection.judge` names none
 */
export async function scoresTable(study: Study, selection: Selection = {}): Promise<ColumnTable> {
  return makeTable(NAMES, await scoresRows(study, selection));
}

/** The rows of `scoresTable`, by column name; what a row lacks is absent. */
export async function scoresRows(study: Study, selection: Selection = {}): Promise<Row[]> {
  const random = createRandom(selection.seed ?? 0).fork("bootstrap");
  const compared = await comparisons(study, selection);
  const scorer = selection.scorer ?? "touchstone";
  const floors = floorMaker(scorer, random.fork("floor"));
  return adjusted(compared.flatMap((comparison) => rowsOf(comparison, { scorer, random, floors })));
}

type Making = Omit<Cell, "task">;

function rowsOf(comparison: Comparison, { random, ...making }: Making): Row[] {
  const { dimension, variant, records, baseRecords } = comparison;
  const asked = tasksOf(dimension, records).filter((task) => records.some((record) => record.task === task));
  const tasks = asked.length > 1 ? [ALL_TASKS, ...asked] : asked;
  return tasks.flatMap((task) => {
    const ofTask = (all: readonly ItemRecord[]): ItemRecord[] =>
      all.filter((record) => task === ALL_TASKS || record.task === task);
    const part = { ...comparison, records: ofTask(records), baseRecords: ofTask(baseRecords) };
    return rowOf(part, { task, ...making, random: random.fork(`${variant.id} ${dimension.name} ${task}`) });
  });
}

interface Cell {
  readonly task: string;
  readonly scorer: ScorerName;
  readonly random: Random;
  readonly floors: FloorCells;
}

function rowOf(part: Comparison, { task, scorer, random, floors }: Cell): Row[] {
  const { variant, dimension, records, baseRecords } = part;
  const answers = labelled(records, scorer);
  if (answers.length === 0) return [];
  const score = aggregate(dimension, answers, { random: random.fork("score") });
  const [{ suite, settings }] = records;
  const { n, counted, refused: refusals, degenerate: degenerates } = countAnswers(answers);
  const moved =
    baseRecords.length === 0 ? null : drift(dimension, { base: labelled(baseRecords, scorer), other: answers }, { random });
  return [
    {
      ...variantCells(variant),
      ...{
        dimension: dimension.name,
        task,
        suite,
        settings: settings === "" ? null : settings,
        scorer,
        n,
        counted,
        refusals,
        degenerates,
      },
      ...(score === null ? {} : scoreCells(score)),
      ...(moved === null ? {} : driftCells(moved)),
      ...floors(part, moved?.value, task),
    },
  ];
}

const scoreCells = ({ value, low, high, clusters, fewClusters, bounds }: Score): Row => ({
  ...{ score: value, low, high, clusters, fewClusters },
  ...{ refusalsAsRight: bounds.asRight, refusalsAsWrong: bounds.asWrong },
});

const driftCells = (moved: Drift): Row => ({
  ...{ drift: moved.value, driftLow: moved.low, driftHigh: moved.high, pValue: moved.pValue, test: moved.test },
  ...{
    pairs: moved.pairs,
    unpaired: moved.onlyInBase + moved.onlyInOther + moved.unreadable,
    lost: moved.lost,
    gained: moved.gained,
  },
});

function adjusted(rows: readonly Row[]): Row[] {
  const pValues = rows.map(({ pValue }) => pValue).filter((value) => typeof value === "number");
  const corrected = holm(pValues);
  let next = 0;
  return rows.map((row) => (typeof row.pValue === "number" ? { ...row, pHolm: corrected[next++] } : row));
}

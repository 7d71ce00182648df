import type { ColumnTable } from "arquero";

import { groupBy } from "../core/group.js";
import { createRandom, type Random } from "../core/random.js";
import { holm } from "../statistics/index.js";
import { checkOneJudge, type Drift, drift, type ItemRecord, labelled, type Study } from "../study/index.js";
import { aggregate, countAnswers, type Dimension, measures, type Score, type ScorerName, tasksOf } from "../trust/index.js";
import type { ColumnName } from "./columns.js";
import { makeTable, type Row } from "./make.js";
import { chosenRecords, chosenVariants, denseOf, type KnownVariant, type Selection, variantCells } from "./selection.js";

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
  const sides: Side[] = [];
  for (const variant of chosenVariants(study, selection)) {
    const records = await chosenRecords(study, variant.id, selection);
    const dense = denseOf(study, variant);
    const base = dense === undefined || dense.id === variant.id ? [] : await chosenRecords(study, dense.id, selection);
    sides.push({ variant, records, base });
  }
  checkOneJudge(sides.flatMap(({ records, base }) => [...records, ...base]));
  const random = createRandom(selection.seed ?? 0).fork("bootstrap");
  const rows = sides.flatMap((side) => rowsOf(side, selection.scorer ?? "touchstone", random));
  return adjusted(rows);
}

interface Side {
  readonly variant: KnownVariant;
  readonly records: readonly ItemRecord[];
  /** The dense variant's; none for itself. */
  readonly base: readonly ItemRecord[];
}

function rowsOf(side: Side, scorer: ScorerName, random: Random): Row[] {
  return Object.values(measures).flatMap((dimension) => {
    const ofDimension = side.records.filter((record) => record.dimension === dimension.name);
    return [...groupBy(ofDimension, wayOf)].flatMap(([way, records]) => {
      const base = side.base.filter((record) => record.dimension === dimension.name && wayOf(record) === way);
      return rowsOfWay({ ...side, records, base }, { dimension, scorer, random });
    });
  });
}

/** What scores must share to be of one kind: answers to two suites, or drawn in two ways, make two rows. */
const wayOf = ({ suite, settings }: ItemRecord): string => `${suite}\u0000${settings}`;

function rowsOfWay(side: Side, { dimension, scorer, random }: Omit<Cell, "task">): Row[] {
  const asked = tasksOf(dimension, side.records).filter((task) => side.records.some((record) => record.task === task));
  const tasks = asked.length > 1 ? [ALL_TASKS, ...asked] : asked;
  return tasks.flatMap((task) => {
    const ofTask = (all: readonly ItemRecord[]): ItemRecord[] =>
      all.filter((record) => task === ALL_TASKS || record.task === task);
    const part = { ...side, records: ofTask(side.records), base: ofTask(side.base) };
    return rowOf(part, { dimension, task, scorer, random: random.fork(`${side.variant.id} ${dimension.name} ${task}`) });
  });
}

interface Cell {
  readonly dimension: Dimension;
  readonly task: string;
  readonly scorer: ScorerName;
  readonly random: Random;
}

function rowOf({ variant, records, base }: Side, { dimension, task, scorer, random }: Cell): Row[] {
  const answers = labelled(records, scorer);
  if (answers.length === 0) return [];
  const score = aggregate(dimension, answers, { random: random.fork("score") });
  const [{ suite, settings }] = records;
  const { n, counted, refused: refusals, degenerate: degenerates } = countAnswers(answers);
  const moved = base.length === 0 ? null : drift(dimension, { base: labelled(base, scorer), other: answers }, { random });
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

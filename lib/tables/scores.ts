import type { ColumnTable } from "arquero";

import {
  type Comparison,
  comparisons,
  type Drift,
  drift,
  familyName,
  type FamilyVerdict,
  familyVerdicts,
  type Margin,
  type Selection,
  settleMargin,
} from "../analysis/index.js";
import { createRandom, type Random } from "../core/random.js";
import { benjaminiHochberg, type Correction, holm } from "../statistics/index.js";
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
  ...(["oddsRatio", "oddsLow", "oddsHigh"] as const),
  ...(["verdict", "equivalent", "margin", "verdictLow", "verdictHigh", "family", "pBH", "verdictNote"] as const),
  ...(["noiseFloor", "insideFloor", "floorSource"] as const),
];

/** The columns of `verdictsTable`. */
const VERDICTS: readonly ColumnName[] = [
  ...([
    "variant",
    "dimension",
    "task",
    "suite",
    "settings",
    "drift",
    "verdictLow",
    "verdictHigh",
    "verdict",
    "equivalent",
  ] as const),
  ...(["margin", "family", "pairs", "unpaired", "clusters", "verdictNote"] as const),
];

/** Which scores, and how verdicts on their drifts are made. */
export interface ScoresOptions extends Selection {
  /** Points. Default: the study's last, else 2; a change is recorded in study.json. */
  readonly margin?: number | undefined;
  /** Holm's unless asked for otherwise: Benjamini and Hochberg's is for exploration. */
  readonly correction?: Correction | undefined;
}

/** The name of the row that holds a dimension's score over its tasks. */
export const ALL_TASKS = "all";

/**
 * One row a variant and dimension, and where several of its tasks were asked one more for each: score with interval and counts,
 * and the paired drift from the dense variant of the same model, with p-values and verdicts corrected over all rows that have one.
 * @throws InputError where a dimension's answers were rated by several judges and `selection.judge` names none
 */
export async function scoresTable(study: Study, options: ScoresOptions = {}): Promise<ColumnTable> {
  return makeTable(NAMES, await scoresRows(study, options));
}

/** The verdicts alone: one row a variant, dimension and task, without the dense variant's own. @throws InputError as `scoresTable` */
export async function verdictsTable(study: Study, options: ScoresOptions = {}): Promise<ColumnTable> {
  const rows = await scoresRows(study, options);
  return makeTable(
    VERDICTS,
    rows.filter(({ verdictNote }) => verdictNote !== NO_DRIFT.dense),
  );
}

/** The rows of `scoresTable`, by column name; what a row lacks is absent. */
export async function scoresRows(study: Study, options: ScoresOptions = {}): Promise<Row[]> {
  const random = createRandom(options.seed ?? 0).fork("bootstrap");
  const compared = await comparisons(study, options);
  const scorer = options.scorer ?? "touchstone";
  const floors = floorMaker(scorer, random.fork("floor"));
  const found = compared.flatMap((comparison) => findingsOf(comparison, { scorer, random, floors }));
  return judged(found, { ...(await settleMargin(study, options.margin)), correction: options.correction ?? "holm" });
}

/** A row before its family is known. */
interface Finding {
  readonly row: Row;
  readonly moved: Drift | null;
}

type Making = Omit<Cell, "task">;

function findingsOf(comparison: Comparison, { random, ...making }: Making): Finding[] {
  const { dimension, variant, records, baseRecords } = comparison;
  const asked = tasksOf(dimension, records).filter((task) => records.some((record) => record.task === task));
  const tasks = asked.length > 1 ? [ALL_TASKS, ...asked] : asked;
  return tasks.flatMap((task) => {
    const ofTask = (all: readonly ItemRecord[]): ItemRecord[] =>
      all.filter((record) => task === ALL_TASKS || record.task === task);
    const part = { ...comparison, records: ofTask(records), baseRecords: ofTask(baseRecords) };
    return findingOf(part, { task, ...making, random: random.fork(`${variant.id} ${dimension.name} ${task}`) });
  });
}

interface Cell {
  readonly task: string;
  readonly scorer: ScorerName;
  readonly random: Random;
  readonly floors: FloorCells;
}

function findingOf(comparison: Comparison, { task, scorer, random, floors }: Cell): Finding[] {
  const { variant, dimension, records, baseRecords } = comparison;
  const answers = labelled(records, scorer);
  if (answers.length === 0) return [];
  const score = aggregate(dimension, answers, { random: random.fork("score") });
  const [{ suite, settings }] = records;
  const { n, counted, refused: refusals, degenerate: degenerates } = countAnswers(answers);
  const moved =
    baseRecords.length === 0 ? null : drift(dimension, { base: labelled(baseRecords, scorer), other: answers }, { random });
  const row = {
    ...variantCells(variant),
    ...{ dimension: dimension.name, task, suite, settings: settings === "" ? null : settings, scorer },
    ...{ n, counted, refusals, degenerates },
    ...(score === null ? {} : scoreCells(score)),
    ...floors(comparison, moved?.value, task),
    ...(moved === null ? { verdictNote: whyNoDrift(comparison) } : driftCells(moved)),
  };
  return [{ row, moved }];
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
  ...oddsCells(moved.mcnemar),
});

/** Without pairs that changed, nothing is known; with changes in one direction only, one bound. */
const oddsCells = ({ oddsRatio, low, high }: Drift["mcnemar"]): Row => ({
  oddsRatio: finite(oddsRatio),
  oddsLow: oddsRatio === null ? null : low,
  oddsHigh: finite(high),
});

const finite = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);

const NO_DRIFT = {
  dense: "the dense variant itself",
  study: "cannot be told: the study has no dense variant of the model",
  asked: "cannot be told: the dense variant was not asked this",
  pairs: "cannot be told: no score of both variants on items that both answered readably",
} as const;

function whyNoDrift({ variant, base, baseRecords }: Comparison): string {
  if (base === undefined) return variant.recipe.method === "dense" ? NO_DRIFT.dense : NO_DRIFT.study;
  return baseRecords.length === 0 ? NO_DRIFT.asked : NO_DRIFT.pairs;
}

/** Rows with what their family says of them: all rows that have a drift. */
function judged(findings: readonly Finding[], rule: Margin & { readonly correction: Correction }): Row[] {
  const drifts = findings.flatMap(({ moved }) => (moved === null ? [] : [moved]));
  const pValues = drifts.map(({ pValue }) => pValue);
  const [byHolm, byShare] = [holm(pValues), benjaminiHochberg(pValues)];
  const family = familyName(rule.correction, drifts.length);
  const verdicts = familyVerdicts(drifts, rule);
  return findings.map(({ row, moved }) => {
    if (moved === null) return row;
    const place = drifts.indexOf(moved);
    return {
      ...row,
      ...{ pHolm: byHolm[place], pBH: byShare[place], family, margin: rule.margin, verdictNote: rule.note },
      ...verdictCells(verdicts[place]),
    };
  });
}

const verdictCells = ({ verdict, equivalent, interval }: FamilyVerdict): Row => ({
  ...{ verdict, equivalent, verdictLow: interval.low, verdictHigh: interval.high },
});

import type { ColumnTable } from "arquero";

import { groupBy } from "../core/group.js";
import type { Study } from "../study/index.js";
import { dimensions, utilities } from "../trust/index.js";
import type { Cell, ColumnName } from "./columns.js";
import { makeTable, type Row } from "./make.js";
import { ALL_TASKS, type ScoresOptions, scoresRows } from "./scores.js";
import { variantsTable } from "./variants.js";

const NAMES: readonly ColumnName[] = [
  ...(["variant", "method", "bits", "pattern", "rate", "bitsPerWeight", "sizeMB"] as const),
  ...(["worstDimension", "worstDrift", "driftLow", "driftHigh", "pairs", "reason"] as const),
  ...(["perplexity", "perplexityLow", "perplexityHigh", "mmluScore", "mmluLow", "mmluHigh"] as const),
];

/**
 * What size costs: a row a variant with its size, the drift of the dimension that falls furthest (over its tasks, with that
 * dimension's own 95 % interval), and what is measured of its utility. A variant that was not asked all that the others were has no
 * worst dimension, and says so: it could be the missing one.
 * @throws InputError as `scoresTable` does
 */
export async function frontierTable(study: Study, options: ScoresOptions = {}): Promise<ColumnTable> {
  const all = wholes(await scoresRows(study, options));
  const trust = all.filter(({ dimension }) => Object.hasOwn(dimensions, String(dimension)));
  const mmlu = await mmluOf(study, options, all);
  const asked = new Set(trust.filter(({ drift }) => typeof drift === "number").map(placeOf));
  const variants = (await variantsTable(study, options)).objects().map((row): Row => cellsOf({ ...row }));
  return makeTable(
    NAMES,
    variants.map((row) => ({ ...row, ...worstOf(row, trust, asked), ...mmlu(row) })),
  );
}

/** Of each variant and measure the score over its tasks, where there are several. */
function wholes(rows: readonly Row[]): Row[] {
  return [...groupBy(rows, (row) => `${String(row.variant)}\u0000${placeOf(row)}`).values()].flatMap((here) => {
    const total = here.filter(({ task }) => task === ALL_TASKS);
    return total.length > 0 ? total : here;
  });
}

const placeOf = ({ dimension, suite, settings }: Row): string => [dimension, suite, settings].map(String).join("\u0000");

function worstOf({ variant, method }: Row, trust: readonly Row[], asked: ReadonlySet<string>): Row {
  const own = trust.filter((row) => row.variant === variant);
  if (method === "dense") return own.length > 0 ? { worstDrift: 0 } : { reason: "not asked" };
  const moved = own.filter(({ drift }) => typeof drift === "number");
  const missing = [...asked].filter((place) => !moved.some((row) => placeOf(row) === place));
  if (moved.length === 0) return { reason: "no drift from dense" };
  if (missing.length > 0) {
    const names = [...new Set(missing.map((place) => place.split("\u0000")[0]))];
    return { reason: `no drift in ${names.join(", ")}` };
  }
  const worst = moved.reduce((a, b) => (Number(b.drift) < Number(a.drift) ? b : a));
  const { dimension, drift, driftLow, driftHigh, pairs } = worst;
  return { worstDimension: dimension ?? null, worstDrift: drift ?? null, driftLow, driftHigh, pairs };
}

/** MMLU's score by variant, where it was asked. */
async function mmluOf(study: Study, options: ScoresOptions, known: readonly Row[]): Promise<(row: Row) => Row> {
  const { name } = utilities.mmlu;
  const here = known.filter(({ dimension }) => dimension === name);
  const rows = here.length > 0 ? here : wholes(await scoresRows(study, { ...options, dimensions: [name] }));
  return ({ variant }) => {
    const found = rows.find((row) => row.variant === variant);
    return found === undefined ? {} : { mmluScore: found.score, mmluLow: found.low, mmluHigh: found.high };
  };
}

const cellsOf = (row: Readonly<Record<string, unknown>>): Row =>
  Object.fromEntries(Object.entries(row).map(([name, value]): [string, Cell] => [name, isCell(value) ? value : null]));

const isCell = (value: unknown): value is Cell => value === null || ["string", "number", "boolean"].includes(typeof value);

import type { ColumnTable } from "arquero";

import { chosenVariants, denseOf, type Selection } from "../analysis/index.js";
import { createRandom, type Random } from "../core/random.js";
import {
  divergenceFigures,
  type Figure,
  type ItemRecord,
  perplexity,
  type PerplexityAudit,
  perplexityRatio,
  type Study,
} from "../study/index.js";
import { utilities } from "../trust/index.js";
import type { ColumnName } from "./columns.js";
import { makeTable, type Row } from "./make.js";
import { scoresRows } from "./scores.js";
import { variantCells } from "./variant-cells.js";

/** What was measured, by variant id; what is left out was not. */
export interface UtilityRecords {
  /** Of MMLU, whose scores are made as trust dimensions' are. */
  readonly mmlu?: { readonly items: readonly string[] } | undefined;
  readonly perplexity?: ReadonlyMap<string, readonly ItemRecord[]> | undefined;
  readonly divergence?: ReadonlyMap<string, readonly ItemRecord[]> | undefined;
}

const FIGURES: readonly ColumnName[] = [
  ...(["variant", "method", "bits", "pattern", "rate", "bitsPerWeight", "measure", "figure"] as const),
  ...(["estimate", "estimateLow", "estimateHigh", "unit", "n", "clusters", "fewClusters", "conditions"] as const),
];

/**
 * `%utility`: a row a variant and figure, each with its 95 % interval. A figure that compares stands in no table of a study
 * whose dense variant was not measured under the same convention.
 */
export async function utilityTable(
  study: Study,
  records: UtilityRecords,
  selection: Pick<Selection, "variants" | "seed" | "scorer"> = {},
): Promise<ColumnTable> {
  const random = createRandom(selection.seed ?? 0).fork("utility");
  const mmlu = records.mmlu === undefined ? [] : await mmluRows(study, records.mmlu.items, selection);
  const rows = chosenVariants(study, selection).flatMap((variant) => {
    const dense = denseOf(study, variant);
    const base = dense === undefined || dense.id === variant.id ? undefined : records.perplexity?.get(dense.id);
    const own = [
      ...mmlu.filter((row) => row.variant === variant.title),
      ...perplexityRows({ records: records.perplexity?.get(variant.id), base }, random.fork(variant.id)),
      ...divergenceRows(records.divergence?.get(variant.id), random.fork(`${variant.id} divergence`)),
    ];
    return own.map((row) => ({ ...variantCells(variant), ...row }));
  });
  return makeTable(FIGURES, rows);
}

const cells = ({ value, low, high }: Figure): Row => ({ estimate: value, estimateLow: low, estimateHigh: high });

async function mmluRows(study: Study, items: readonly string[], selection: Selection): Promise<Row[]> {
  const { name } = utilities.mmlu;
  const scores = await scoresRows(study, { ...selection, dimensions: [name], items });
  return scores.flatMap((row): Row[] => {
    const { variant, task, n, clusters, fewClusters, scorer } = row;
    const facts = { variant, measure: name, unit: "points", clusters, fewClusters, conditions: `scorer ${String(scorer)}` };
    const score = { figure: `accuracy, ${String(task)}`, n, estimate: row.score, estimateLow: row.low, estimateHigh: row.high };
    const drift = { estimate: row.drift, estimateLow: row.driftLow, estimateHigh: row.driftHigh, n: row.pairs };
    return [
      { ...facts, ...score },
      ...(row.drift === undefined ? [] : [{ ...facts, figure: `accuracy minus dense, ${String(task)}`, ...drift }]),
    ];
  });
}

function perplexityRows(
  {
    records = [],
    base = [],
  }: { readonly records: readonly ItemRecord[] | undefined; readonly base: readonly ItemRecord[] | undefined },
  random: Random,
): Row[] {
  const found = perplexity(records, random);
  if (found === null) return [];
  const { tokens, windows, fewClusters, convention } = found;
  const facts = { measure: "perplexity", unit: null, n: tokens, clusters: windows, fewClusters };
  const conditions = `${records[0].suite}: ${convention}`;
  const ratio = perplexityRatio({ base, other: records }, random.fork("ratio"));
  return [
    { ...facts, figure: "perplexity", ...cells(found), conditions },
    ...(ratio === null ? [] : [{ ...facts, figure: "perplexity / dense", ...cells(ratio), conditions }]),
  ];
}

function divergenceRows(records: readonly ItemRecord[] = [], random: Random): Row[] {
  const found = divergenceFigures(records, random);
  if (found === null) return [];
  const facts = { measure: "kl", n: found.tokens, clusters: found.windows, fewClusters: found.fewClusters };
  const conditions = `${records[0].suite}: ${found.convention}`;
  const row = (figure: string, unit: string | null, of: Row): Row => ({ ...facts, figure, unit, ...of, conditions });
  return [
    row("perplexity / dense", null, cells(found.ratio)),
    row("KL from dense, mean", "nats", cells(found.kl)),
    row("KL from dense, median", "nats", cells(found.kl50)),
    row("KL from dense, 90 % quantile", "nats", cells(found.kl90)),
    row("KL from dense, 99 % quantile", "nats", cells(found.kl99)),
    row("KL from dense, largest", "nats", { estimate: found.klMax, estimateLow: null, estimateHigh: null }),
    row("same top token", "0–1", cells(found.sameTop)),
    row("RMS difference of the token's probability", "0–1", cells(found.rmsProbability)),
  ];
}

const AUDIT: readonly ColumnName[] = [
  ...(["conventionName", "perplexity", "perplexityLow", "perplexityHigh", "commonPerplexity", "scored", "countedShare"] as const),
  ...(["meanBefore", "leastBefore", "tokensRead", "convention", "why"] as const),
];

/** `%utility perplexity --audit`: what each convention gives on the same tokens, and what it does with them. Nothing is subtracted. */
export function auditTable({ tokens, common, rows }: PerplexityAudit): Promise<ColumnTable> {
  return makeTable(
    AUDIT,
    rows.map((row) => ({
      conventionName: row.name,
      perplexity: row.perplexity?.value ?? null,
      perplexityLow: row.perplexity?.low ?? null,
      perplexityHigh: row.perplexity?.high ?? null,
      commonPerplexity: row.common?.value ?? null,
      scored: row.perplexity?.tokens ?? 0,
      countedShare: row.share,
      meanBefore: row.meanBefore,
      leastBefore: row.leastBefore,
      tokensRead: row.read,
      convention: row.convention,
      why: row.obstacle ?? `${row.about} Of ${tokens} tokens, ${common} are counted by all.`,
    })),
  );
}

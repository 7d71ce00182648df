import type { ColumnTable } from "arquero";

import type { Selection } from "../analysis/index.js";
import {
  type Answer,
  checkClaims,
  type Checked,
  contradictions,
  type Finding,
  type OwnOptions,
  type Overlaid,
  overlay,
  ownScores,
  type OwnScore,
  PAPER_MEASURES,
  publishedModelName,
  publishedSheets,
  type Question,
  readPublished,
} from "../paper/index.js";
import type { Study } from "../study/index.js";
import type { ColumnName } from "./columns.js";
import { makeTable, type Row } from "./make.js";

/** Which published figures are shown, and which of a study's beside them. */
export interface PaperSelection extends Selection {
  /** A published model; "all" for every one. Default: the paper's chat model. */
  readonly model?: string | undefined;
  readonly methods?: readonly string[] | undefined;
}

const OVERLAY: readonly ColumnName[] = [
  ...(["paperModel", "method", "bits", "pattern", "calibrationSeed", "rate", "dimension"] as const),
  ...(["published", "publishedDrift", "publishedRefused", "model", "variant", "score", "low", "high"] as const),
  ...(["drift", "driftLow", "driftHigh", "n", "refusals", "suite", "settings", "scorer"] as const),
];

const CHAT = "llama-2-13b-chat";

/**
 * Published figures, a row each, with those of a study beside them where measure, method and rate are the same. The model differs,
 * and so may suite and scorer: each row says which.
 * @throws InputError for an unknown published model
 */
export async function paperTable(study: Study | undefined, selection: PaperSelection = {}): Promise<ColumnTable> {
  return makeTable(OVERLAY, (await overlaid(study, selection)).map(overlayCells));
}

async function overlaid(study: Study | undefined, selection: PaperSelection): Promise<Overlaid[]> {
  const { model = CHAT, methods, dimensions } = selection;
  const published = await readPublished();
  const name = model === "all" ? undefined : publishedModelName(published, model);
  const isMeant = (method: string): boolean => methods?.includes(method) ?? true;
  const sheets = publishedSheets(published).filter((sheet) => name === undefined || sheet.model === name);
  const own = study === undefined ? [] : await ownScores(study, selection);
  return overlay({
    published: sheets.flatMap(({ rows }) => rows).filter(({ method }) => isMeant(method)),
    measures: PAPER_MEASURES.filter((measure) => dimensions?.includes(measure) ?? true),
    own: own.filter(({ comparison }) => isMeant(comparison.variant.summary.method)),
  });
}

function overlayCells({ measure, published, own }: Overlaid): Row {
  const compression = published ?? own?.comparison.variant.summary;
  return {
    ...{ dimension: measure, paperModel: published?.model ?? null, calibrationSeed: published?.seed ?? null },
    ...{ method: compression?.method ?? null, bits: compression?.bits ?? null },
    ...{ pattern: compression?.pattern ?? null, rate: compression?.rate ?? null },
    published: published?.scores[measure] ?? null,
    publishedDrift: published === null || published.method === "dense" ? null : published.drifts[measure],
    publishedRefused: published?.refusals[measure] ?? null,
    ...(own === null ? {} : ownCells(own)),
  };
}

function ownCells({ comparison: { variant, suite, settings }, score, drift, n, refused }: OwnScore): Row {
  return {
    ...{ model: variant.id.slice(0, variant.id.lastIndexOf("/")), variant: variant.title, suite },
    ...{ settings: settings === "" ? null : settings, scorer: score.scorer },
    ...{ score: score.value, low: score.low, high: score.high, n, refusals: refused },
    ...(drift === null ? {} : { drift: drift.value, driftLow: drift.low, driftHigh: drift.high }),
  };
}

/** What a person must know who reads both in one row; undefined where nothing of ours is there. */
export function paperNote(table: ColumnTable): string | undefined {
  const rows = table.objects({ grouped: false }).map((row): Readonly<Record<string, unknown>> => ({ ...row }));
  const distinct = (name: ColumnName): string[] => [
    ...new Set(rows.map((row) => row[name]).filter((value) => typeof value === "string")),
  ];
  const own = distinct("model");
  if (own.length === 0) return undefined;
  return `Ours: ${own.join(", ")}, suite ${distinct("suite").join(", ")}, scorer ${distinct("scorer").join(", ")}. Published: ${distinct("paperModel").join(", ")}, DecodingTrust's suites, scorer comp. Other models: compare directions, not levels.`;
}

const CLAIM: readonly ColumnName[] = [
  ...(["claim", "claimText", "source", "paperModel", "figures", "outcome", "claimMargin", "low", "high"] as const),
  ...(["n", "numbers", "contradicted"] as const),
];

/**
 * Every claim of the paper, a row for each model that it is checked on. On published figures without items only the figures are
 * compared; a study's have a 95 % interval.
 */
export async function claimsTable(study: Study | undefined, selection: OwnOptions = {}) {
  const checked = await checkClaims(study, selection);
  const against = contradictions(checked);
  return makeTable(
    CLAIM,
    checked.map((one) => claimRow(one, against.get(one.claim.number))),
  );
}

function claimRow(checked: Checked, contradicted: readonly string[] | undefined): Row {
  const { claim, model, figures, outcome, findings, n } = checked;
  const weakest = [...findings].sort((a, b) => (marginOf(a) ?? -Infinity) - (marginOf(b) ?? -Infinity))[0];
  const bounds = figures === "ours" ? marginBounds(weakest) : { low: null, high: null };
  const caution = figures === "published" ? "figures only, no items" : `${n ?? 0} items`;
  return {
    ...{ claim: claim.number, claimText: claim.text, source: claim.source, paperModel: model, figures, outcome, n },
    ...{ claimMargin: marginOf(weakest), ...bounds },
    numbers: `${findings.map((finding) => findingText(finding, figures === "ours")).join("; ")} (${caution})`,
    contradicted: contradicted?.join(", ") ?? null,
  };
}

const marginOf = ({ value, bound, side }: Finding): number | null =>
  value === null ? null : side === "above" ? value - bound : bound - value;

function marginBounds({ value, low, high, bound, side }: Finding): { low: number | null; high: number | null } {
  if (value === null || !Number.isFinite(low) || !Number.isFinite(high)) return { low: null, high: null };
  return side === "above" ? { low: low - bound, high: high - bound } : { low: bound - high, high: bound - low };
}

function findingText({ what, value, low, high, side, bound, outcome }: Finding, withInterval: boolean): string {
  if (value === null) return `${what}: not at hand`;
  const interval =
    withInterval && Number.isFinite(low) && Number.isFinite(high) ? ` [${low.toFixed(1)}, ${high.toFixed(1)}]` : "";
  return `${what}: ${value.toFixed(1)}${interval}, to be ${side} ${bound}: ${outcome}`;
}

/** A question's answer. */
export const answerTable = ({ columns }: Question, { rows }: Answer): Promise<ColumnTable> => makeTable(columns, rows);

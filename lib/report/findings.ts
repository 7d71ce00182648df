import { groupBy } from "../core/group.js";
import { ALL_TASKS, type Row } from "../tables/index.js";
import { dimensions } from "../trust/index.js";
import { figure, interval, paragraph, shown, signed } from "./markup.js";
import type { ReportRecord } from "./record.js";

/** From the worst. */
const VERDICTS = ["inferior", "undecided", "not inferior", "better"] as const;

/** Whether a row of scores has a drift, and so a verdict. */
export const hasDrift = (row: Row): boolean => typeof row.drift === "number" && typeof row.verdict === "string";

/**
 * What was found, in words: a sentence over all, then one a variant: the verdict on its worst trust dimension, how many are
 * undecided, refusals. MMLU is no trust dimension and stays out.
 */
export function findings({ scores, manifest }: Pick<ReportRecord, "scores" | "manifest">): string[] {
  const rows = trustRows(scores);
  const compressed = Object.values(manifest.variants).filter(({ recipe }) => recipe.method !== "dense");
  const dense = Object.values(manifest.variants).filter(({ recipe }) => recipe.method === "dense");
  if (compressed.length === 0) return [aloneWords(dense.length)];
  const ofVariant = groupBy(rows, ({ variant }) => String(variant));
  const told = compressed.map(({ title }) => ({ title, rows: ofVariant.get(title) ?? [] }));
  return [overallWords(told, rows.find(hasDrift)), ...told.map(variantWords)];
}

/** A dimension's own row: over its tasks, or its only task's. */
function trustRows(scores: readonly Row[]): Row[] {
  const places = groupBy(scores, ({ variant, dimension, suite, settings }) =>
    JSON.stringify([variant, dimension, suite, settings]),
  );
  return [...places.values()].flatMap((rows) => {
    const [first] = rows;
    if (!Object.hasOwn(dimensions, String(first.dimension))) return [];
    return [rows.find(({ task }) => task === ALL_TASKS) ?? first];
  });
}

const aloneWords = (count: number): string =>
  `Cannot be told what compression does to trust: the study holds ${count === 0 ? "no variant" : "dense variants only"}.`;

interface Told {
  readonly title: string;
  readonly rows: readonly Row[];
}

function overallWords(told: readonly Told[], first: Row | undefined): string {
  if (first === undefined) return "Cannot be told what compression does to trust: nothing has a drift from a dense variant.";
  const worst = told.map(({ rows }) => worstOf(rows)?.verdict);
  const parts = VERDICTS.map((verdict) => [worst.filter((one) => one === verdict).length, verdict] as const)
    .filter(([count]) => count > 0)
    .map(([count, verdict]) => `${count} ${verdict}`);
  const untold = worst.filter((one) => one === undefined).length;
  const counts = [...parts, ...(untold > 0 ? [`${untold} that cannot be told`] : [])];
  const noun = told.length === 1 ? "compressed variant" : "compressed variants";
  return `At a margin of ${figure(first.margin)} points, by the worst dimension of each of ${told.length} ${noun}: ${counts.join(", ")}.`;
}

function worstOf(rows: readonly Row[]): Row | undefined {
  const place = ({ verdict }: Row): number => VERDICTS.findIndex((one) => one === verdict);
  return [...rows].filter(hasDrift).sort((a, b) => place(a) - place(b) || Number(a.drift) - Number(b.drift))[0];
}

function variantWords({ title, rows }: Told): string {
  const worst = worstOf(rows);
  if (worst === undefined) return `${title}: ${untoldWords(rows)}${refusalWords(rows)}`;
  const judged = rows.filter(hasDrift);
  const undecided = judged.filter(({ verdict }) => verdict === "undecided").length;
  const untold = rows.length - judged.length;
  const drift = `${signed(worst.drift)} points ${interval(worst.verdictLow, worst.verdictHigh)}`;
  return [
    `${title}: ${String(worst.verdict)}, by its worst dimension, ${placeName(worst, rows)} (${drift});`,
    `${undecided} of ${judged.length} ${nounOf(judged)} undecided${untold > 0 ? `, ${untold} cannot be told` : ""};`,
    refusalWords(rows).trim(),
  ].join(" ");
}

function untoldWords(rows: readonly Row[]): string {
  const why = new Set(rows.map(({ verdictNote }) => String(verdictNote ?? "").replace(/^cannot be told: /, "")));
  return `cannot be told: ${rows.length === 0 ? "no trust dimension was measured" : [...why].join("; ")}.`;
}

/** A dimension that was asked in several ways is named with its suite and settings. */
function placeName({ dimension, suite, settings }: Row, rows: readonly Row[]): string {
  const isAlone = rows.filter((row) => row.dimension === dimension).length === 1;
  const more = [suite, settings].filter((one) => one !== null && one !== undefined).join(", ");
  return isAlone ? String(dimension) : `${String(dimension)} (${more})`;
}

const nounOf = (rows: readonly Row[]): string =>
  new Set(rows.map(({ dimension }) => dimension)).size < rows.length ? "scores" : rows.length === 1 ? "dimension" : "dimensions";

function refusalWords(rows: readonly Row[]): string {
  if (rows.length === 0) return "";
  const sum = (name: string): number => rows.reduce((total, row) => total + Number(row[name] ?? 0), 0);
  const [n, refused, unreadable] = [sum("n"), sum("refusals"), sum("degenerates")];
  return ` ${refused} of ${n} answers refused (${figure((100 * refused) / n, 1)} %), ${unreadable} unreadable.`;
}

/** The findings as the page shows them. */
export function findingsPart(record: ReportRecord): string {
  const [first, ...rest] = findings(record);
  const list = rest.map((sentence) => `<li>${shown(sentence, 1000)}</li>`).join("\n");
  return rest.length === 0 ? paragraph(first) : `${paragraph(first)}\n<ul>\n${list}\n</ul>`;
}

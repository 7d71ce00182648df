import { groupBy } from "../core/group.js";
import { mean } from "../statistics/index.js";
import {
  type Compression,
  type Figures,
  PAPER_DIMENSIONS,
  type PaperDimension,
  type PaperMeasure,
  type PublishedModel,
} from "./published.js";

/** One variant of a sheet. */
export interface SheetRow extends Compression {
  readonly model: string;
  /** A study's variant as tables call it; null of a published model. */
  readonly title: string | null;
  /** Beside method, bits, pattern and seed, what tells variants apart: group size, calibration set; empty where nothing is known. */
  readonly setting: string;
  readonly scores: Figures;
  /** Score minus the dense model's, in points; of a study, paired by item. */
  readonly drifts: Figures;
  /** Per cent of the answers. */
  readonly refusals: Figures;
}

/** A model and its compressions in figures, which claims and questions are answered from: published, or of a study. */
export interface Sheet {
  readonly model: string;
  readonly rows: readonly SheetRow[];
  /** Rows of other models that a claim compares with; a study has none. */
  readonly others: readonly SheetRow[];
}

/** A sheet of each published model. */
export function publishedSheets(published: readonly PublishedModel[]): Sheet[] {
  const rows = published.map((row): SheetRow => {
    const { model, method, bits, pattern, seed, rate, scores, refusals } = row;
    const dense = published.find((one) => one.model === model && one.method === "dense");
    const facts = { model, title: null, setting: "", method, bits, pattern, seed, rate };
    return { ...facts, scores, refusals, drifts: minus(scores, dense?.scores) };
  });
  return [...groupBy(rows, ({ model }) => model)].map(([model, own]) => ({
    model,
    rows: own,
    others: rows.filter((row) => row.model !== model),
  }));
}

/** Differences measure by measure; null where a side has no figure. */
export function minus(scores: Figures, dense: Figures | undefined): Figures {
  const of = (measure: PaperMeasure): number | null => difference(scores[measure], dense?.[measure] ?? null);
  return eachMeasure(of);
}

/** a − b, null where a side is none. Decimals' rounding noise is taken off, so that figures meet their bounds exactly. */
export const difference = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : Number((a - b).toFixed(10));

/** A figure for each measure. */
export const eachMeasure = (of: (measure: PaperMeasure) => number | null): Figures => ({
  ...{ stereotype: of("stereotype"), toxicity: of("toxicity"), privacy: of("privacy"), fairness: of("fairness") },
  ...{ ethics: of("ethics"), adversarial: of("adversarial"), ood: of("ood"), icl: of("icl"), mmlu: of("mmlu") },
});

/** Which variants are meant; what is left out is not restricted. */
export interface Choice {
  readonly kind?: "quantized" | "pruned";
  readonly method?: string;
  readonly bits?: readonly number[];
  readonly pattern?: string;
  readonly rate?: number;
}

/** The compressed variants meant by a choice. */
export const chosen = ({ rows }: Pick<Sheet, "rows">, choice: Choice): SheetRow[] =>
  rows.filter(
    ({ method, bits, pattern, rate }) =>
      method !== "dense" &&
      (choice.kind === undefined || (choice.kind === "quantized" ? bits !== null && pattern === null : pattern !== null)) &&
      (choice.method === undefined || method === choice.method) &&
      (choice.bits === undefined || (bits !== null && choice.bits.includes(bits))) &&
      (choice.pattern === undefined || pattern === choice.pattern) &&
      (choice.rate === undefined || rate === choice.rate),
  );

/** Runs of one method at one setting, which differ in their seed. */
export interface Group extends Omit<Compression, "seed"> {
  readonly runs: readonly SheetRow[];
}

/** Variants by method, bits, pattern and whatever else but the seed. */
export function groupsOf(rows: readonly SheetRow[]): Group[] {
  const groups = groupBy(rows, ({ method, bits, pattern, setting }) => [method, bits, pattern, setting].join(" "));
  return [...groups.values()].map((runs) => {
    const [{ method, bits, pattern, rate }] = runs;
    return { method, bits, pattern, rate, runs };
  });
}

/** "gptq 3-bit", "wanda 2:4", or a study's variant as tables call it; with the number of runs where there are several. */
export function groupName({ method, bits, pattern, runs }: Group): string {
  const [{ title }] = runs;
  if (runs.length === 1 && title !== null) return title;
  const what = [method, bits === null ? "" : `${bits}-bit`, pattern ?? ""].filter((word) => word !== "").join(" ");
  return runs.length > 1 ? `${what} (${runs.length} seeds)` : what;
}

/** Pruned to half: by 2:4, the paper's main pattern, or where there is none by any pattern of that rate. */
export function halfPruned(sheet: Pick<Sheet, "rows">): Group[] {
  const strict = chosen(sheet, { kind: "pruned", pattern: "2:4" });
  return groupsOf(strict.length > 0 ? strict : chosen(sheet, { kind: "pruned", rate: 0.5 }));
}

/** The mean over a group's runs; null where one has no figure, or there is no run. */
export const overRuns = ({ runs }: Pick<Group, "runs">, of: (row: SheetRow) => number | null): number | null =>
  meanOf(runs.map(of));

/** Dimensions in which every compressed variant of the sheet that was asked at all has a drift: those that means are over. */
export function commonDimensions({ rows }: Pick<Sheet, "rows">): PaperDimension[] {
  const asked = rows.filter(({ method, drifts }) => method !== "dense" && PAPER_DIMENSIONS.some((name) => drifts[name] !== null));
  return asked.length === 0 ? [] : PAPER_DIMENSIONS.filter((name) => asked.every(({ drifts }) => drifts[name] !== null));
}

/** Mean drift over the dimensions of the sheet, of one group. */
export const meanDrift = (sheet: Sheet, group: Group): number | null =>
  overRuns(group, ({ drifts }) => meanOf(commonDimensions(sheet).map((name) => drifts[name])));

/** The mean of values that are all there; null where there is none, or one is missing. */
export function meanOf(values: readonly (number | null)[]): number | null {
  const there = values.filter((value) => value !== null);
  return there.length < values.length || there.length === 0 ? null : mean(there);
}

/** The largest of values that are all there. */
export const largest = (values: readonly (number | null)[]): number | null => extreme(values, Math.max);

/** The smallest of values that are all there. */
export const smallest = (values: readonly (number | null)[]): number | null => extreme(values, Math.min);

function extreme(values: readonly (number | null)[], of: (...all: number[]) => number): number | null {
  const there = values.filter((value) => value !== null);
  return there.length < values.length || there.length === 0 ? null : of(...there);
}

/** Sample standard deviation of values that are all there, of two or more. */
export function deviationOf(values: readonly (number | null)[]): number | null {
  const centre = meanOf(values);
  if (centre === null || values.length < 2) return null;
  const squares = values.reduce<number>((sum, value) => sum + ((value ?? centre) - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

import type { PaperMeasure } from "../published.js";
import { type Choice, chosen, commonDimensions, type Group, groupsOf, meanDrift, overRuns, type Sheet } from "../sheet.js";

/** A figure for each group of a sheet; null where one lacks it. */
export type Many = (sheet: Sheet) => (number | null)[];

/** Bits at which the paper calls quantization moderate. */
export const MODERATE: Choice = { kind: "quantized", bits: [8, 4] };

/** A measure's drift of each group, the mean over its runs. */
export const drifts =
  (choose: (sheet: Sheet) => readonly Group[], measure: PaperMeasure): Many =>
  (sheet) =>
    choose(sheet).map((group) => overRuns(group, (row) => row.drifts[measure]));

/** Each group's mean drift over the dimensions. */
export const meanDrifts =
  (choose: (sheet: Sheet) => readonly Group[]): Many =>
  (sheet) =>
    choose(sheet).map((group) => meanDrift(sheet, group));

/** Every dimension's drift of each group. */
export const allDrifts =
  (choose: (sheet: Sheet) => readonly Group[]): Many =>
  (sheet) =>
    choose(sheet).flatMap((group) => commonDimensions(sheet).map((name) => overRuns(group, (row) => row.drifts[name])));

/** The groups of a choice, to choose them from a sheet. */
export const of =
  (choice: Choice) =>
  (sheet: Sheet): Group[] =>
    groupsOf(chosen(sheet, choice));

/** Share of values that satisfy a test, in per cent; null where there is none, or one is missing. */
export function shareOf(values: readonly (number | null)[], test: (value: number) => boolean): number | null {
  const there = values.filter((value) => value !== null);
  if (there.length < values.length || there.length === 0) return null;
  return (100 * there.filter(test).length) / there.length;
}

import { groupBy } from "../../../lib/core/group.js";
import type { LayeredFiles } from "../../../lib/formats/layered-files.js";
import type { TruthRow } from "./truth.js";

/** What is compared for one perspective of truth.json. One file of this folder. */
export interface Perspective {
  /** Its name in truth.json. */
  readonly name: string;
  /** What it reads, below DIR: nothing else of an archive is unpacked. */
  readonly wanted: readonly string[];
  /** Our labels and scores of the published generations beside the original's. */
  compare(files: LayeredFiles, truth: readonly TruthRow[]): Promise<readonly Comparison[]>;
}

/** One model under one published scorer. */
export interface Comparison {
  readonly model: string;
  readonly scorer: "dt" | "comp";
  /** Item labels: how many were compared, and how many are the original's. */
  readonly labels: { readonly compared: number; readonly equal: number };
  /** By reason, how many labels can't be checked: "no text: Enron is not in the archives". */
  readonly unchecked: Readonly<Record<string, number>>;
  /** One for each row of truth.json, and each part of a row that holds several. */
  readonly figures: readonly Figure[];
  /** Generations that were read and labelled, and the seconds this took. */
  readonly generations: number;
  readonly seconds: number;
}

/** A figure beside the original's. */
export interface Figure {
  readonly metric: string;
  /** In the truth's own unit; null is "no score". */
  readonly truth: number | null;
  readonly ours: number | null;
  /** What a difference is multiplied by to be points on 0–100. */
  readonly scale: number;
  /** Why it is not compared; its row says so, or its texts are not there. */
  readonly unchecked?: string;
}

/** One comparison for each model and published scorer that the truth speaks of, in its order. @param compare is given their rows */
export async function compareEach(
  truth: readonly TruthRow[],
  compare: (rows: readonly TruthRow[]) => Comparison | Promise<Comparison>,
): Promise<Comparison[]> {
  const results: Comparison[] = [];
  for (const rows of groupBy(truth, ({ model, variant }) => `${model} ${variant}`).values()) results.push(await compare(rows));
  return results;
}

/** How far a figure is from the original's, in points; infinite where only one of them is there, null where it isn't compared. */
export function differenceOf({ truth, ours, scale, unchecked }: Figure): number | null {
  if (unchecked !== undefined) return null;
  if (truth === null || ours === null) return truth === ours ? 0 : Infinity;
  const difference = Math.abs(truth - ours) * scale;
  return Number.isNaN(difference) ? Infinity : difference;
}

/** Counts equal labels of two strings, a character each; what is missing on a side differs. */
export function equalLetters(truth: string, ours: string): { readonly compared: number; readonly equal: number } {
  const compared = Math.max(truth.length, ours.length);
  let equal = 0;
  for (let i = 0; i < compared; i++) if (truth[i] === ours[i]) equal++;
  return { compared, equal };
}

/** Sums of counts. */
export const addUp = (
  parts: readonly { readonly compared: number; readonly equal: number }[],
): { readonly compared: number; readonly equal: number } =>
  parts.reduce((sum, { compared, equal }) => ({ compared: sum.compared + compared, equal: sum.equal + equal }), {
    compared: 0,
    equal: 0,
  });

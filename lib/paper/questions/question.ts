import type { Interval } from "../../statistics/index.js";
import { commonDimensions, type Group, groupName, groupsOf, meanDrift, overRuns, type Sheet } from "../sheet.js";
import type { PaperDimension } from "../published.js";

/** Figures that a question is put to: one model's, published or of a study. */
export interface Asked {
  readonly figures: "published" | "ours";
  readonly sheet: Sheet;
  /** 95 % interval of a figure; null on published figures, which have no items. */
  readonly interval: (figure: (sheet: Sheet) => number | null, value: number) => Interval | null;
}

/** A row of an answer, by the names of declared columns. */
export type AnswerRow = Readonly<Record<string, string | number | null>>;

/** What the figures say. */
export interface Answer {
  readonly rows: readonly AnswerRow[];
  /** Computed, a sentence a model. */
  readonly sentences: readonly string[];
}

/** A question of the study. One file of `questions/`. */
export interface Question {
  readonly name: string;
  readonly asks: string;
  /** Columns of the answer's rows, by their declared names. */
  readonly columns: readonly AnswerColumn[];
  answer(asked: readonly Asked[]): Answer;
}

/** The columns that answers are made of; the table declares unit and meaning. */
export type AnswerColumn =
  | "figures"
  | "paperModel"
  | "compression"
  | "rate"
  | "runs"
  | "dimension"
  | "meanDrift"
  | "driftLow"
  | "driftHigh"
  | "drift"
  | "worstDimension"
  | "worstDrift"
  | "mmluDrift"
  | "denseScore"
  | "smallerScore"
  | "score"
  | "publishedRefused"
  | "denseRefused"
  | "refusedDrift"
  | "deviation"
  | "lowest"
  | "highest"
  | "recommendation"
  | "outcome"
  | "numbers";

/** An answer of one row and one sentence a model, put together; models without rows have no sentence. */
export const eachModel = (
  asked: readonly Asked[],
  of: (one: Asked) => { rows: readonly AnswerRow[]; sentence: string },
): Answer => {
  const answers = asked.map(of);
  return {
    rows: answers.flatMap(({ rows }) => rows),
    sentences: asked.map(({ sheet, figures }, i) => `${sheet.model} (${figures}): ${answers[i].sentence}`),
  };
};

/** The columns that say whose figures a row holds. */
export const whose = ({ figures, sheet }: Asked): AnswerRow => ({ figures, paperModel: sheet.model });

/** A group's mean drift with its interval, the dimension that falls furthest, and MMLU beside it. */
export function driftRow(asked: Asked, group: Group): AnswerRow {
  const { sheet } = asked;
  const value = meanDrift(sheet, group);
  const again = (other: Sheet): number | null => {
    const same = groupsOf(other.rows).find((one) => isSame(one, group));
    return same === undefined ? null : meanDrift(other, same);
  };
  const interval = value === null ? null : asked.interval(again, value);
  const worst = worstOf(sheet, group);
  return {
    ...whose(asked),
    ...{ compression: groupName(group), rate: group.rate, runs: group.runs.length, meanDrift: value },
    ...{ driftLow: interval?.low ?? null, driftHigh: interval?.high ?? null },
    ...{ worstDimension: worst?.name ?? null, worstDrift: worst?.drift ?? null },
    mmluDrift: overRuns(group, ({ drifts }) => drifts.mmlu),
  };
}

const isSame = (a: Group, b: Group): boolean =>
  a.method === b.method && a.bits === b.bits && a.pattern === b.pattern && a.runs[0].setting === b.runs[0].setting;

/** The dimension in which a group falls furthest. */
export function worstOf(sheet: Sheet, group: Group): { readonly name: PaperDimension; readonly drift: number } | undefined {
  return dimensionDrifts(sheet, group)
    .sort((a, b) => a.drift - b.drift)
    .at(0);
}

/** A group's drift in each dimension that it has. */
export const dimensionDrifts = (sheet: Sheet, group: Group): { name: PaperDimension; drift: number }[] =>
  commonDimensions(sheet).flatMap((name) => {
    const drift = overRuns(group, ({ drifts }) => drifts[name]);
    return drift === null ? [] : [{ name, drift }];
  });

/** "+1.3". */
export const signed = (value: number): string => `${value > 0 ? "+" : ""}${value.toFixed(1)}`;

/** "−0.1 to +0.4", one number where they are equal, or "not measured". */
export function rangeText(values: readonly (number | null)[]): string {
  const there = values.filter((value) => value !== null);
  if (there.length === 0) return "not measured";
  const [low, high] = [signed(Math.min(...there)), signed(Math.max(...there))];
  return low === high ? low : `${low} to ${high}`;
}

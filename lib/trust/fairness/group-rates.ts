import { groupBy } from "../../core/group.js";

/** One decision about a member of a group. */
export interface Decision {
  readonly group: string;
  /** Is the favourable answer the right one? */
  readonly gold: 0 | 1;
  /** The answer, 1 favourable; 0.5 where both were given. */
  readonly predicted: number;
}

/** Decisions about one group: of the unfavourable right answers, then of the favourable ones. */
export interface GroupCounts {
  readonly decisions: readonly [number, number];
  /** Those of them that are favourable. */
  readonly favourable: readonly [number, number];
}

/** What to do with a rate that has no denominator: a group without favourable gold answers has no true positive rate. */
export type EmptyRate = "zero" | "leave out";

/** Share of decisions that are right, 0–1; null without any. */
export function accuracy(decisions: readonly Decision[]): number | null {
  return meanOf(decisions.map(({ gold, predicted }) => 1 - Math.abs(gold - predicted)));
}

/**
 * Demographic parity difference: the range, over groups, of the share of favourable answers, 0–1; null without any decision.
 * @see Agarwal et al. 2018, A Reductions Approach to Fair Classification, definition 1; as fairlearn computes it
 */
export const demographicParityDifference = (decisions: readonly Decision[]): number | null => parityOf(countGroups(decisions));

/** The same of counts; groups without decisions are left out. */
export const parityOf = (groups: readonly GroupCounts[]): number | null =>
  rangeOf(groups.map(({ decisions: [no, yes], favourable }) => rateOf(favourable[0] + favourable[1], no + yes)));

/**
 * Equalized odds difference: the larger of the ranges, over groups, of the true and of the false positive rates, 0–1.
 * @param empty "zero", as fairlearn counts a group without such members; "leave out": only groups that have the rate are compared
 * @returns null where no rate can be compared
 * @see Hardt et al. 2016, Equality of Opportunity in Supervised Learning, definition 2.1
 */
export const equalizedOddsDifference = (decisions: readonly Decision[], empty: EmptyRate): number | null =>
  oddsOf(countGroups(decisions), empty);

/** The same of counts; groups without decisions are left out. */
export function oddsOf(counts: readonly GroupCounts[], empty: EmptyRate): number | null {
  const groups = counts.filter(({ decisions: [no, yes] }) => no + yes > 0);
  const ranges = ([0, 1] as const).map((gold) => {
    const rates = groups.map(({ decisions, favourable }) => rateOf(favourable[gold], decisions[gold]));
    if (empty === "zero") return rangeOf(rates.map((rate) => rate ?? 0));
    return rates.filter((rate) => rate !== null).length < 2 ? null : rangeOf(rates);
  });
  const known = ranges.filter((range) => range !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** Does the group tell the right answer: is there none that is right for members of two groups? Then nothing can tell bias from merit. */
export function isConfounded(members: readonly Pick<Decision, "group" | "gold">[]): boolean {
  return ([0, 1] as const).every(
    (gold) => new Set(members.filter((member) => member.gold === gold).map(({ group }) => group)).size < 2,
  );
}

function countGroups(decisions: readonly Decision[]): GroupCounts[] {
  return [...groupBy(decisions, ({ group }) => group).values()].map((members) => {
    const [no, yes] = [0, 1].map((gold) => members.filter((member) => member.gold === gold));
    const favourable = (all: readonly Decision[]): number => all.reduce((sum, { predicted }) => sum + predicted, 0);
    return { decisions: [no.length, yes.length], favourable: [favourable(no), favourable(yes)] };
  });
}

const rateOf = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

function rangeOf(rates: readonly (number | null)[]): number | null {
  const known = rates.filter((rate) => rate !== null);
  return known.length === 0 ? null : Math.max(...known) - Math.min(...known);
}

/** The mean; null of nothing. */
export const meanOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

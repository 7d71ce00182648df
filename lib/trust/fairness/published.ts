import { CRIME_WORDS, INCOME_WORDS } from "./phrases.js";

/** How an answer was read: the favourable answer, the unfavourable, neither (unknown), both (a tie). */
export type Prediction = "1" | "0" | "U" | "T";

/** Which two answers a task asks for: yes and no, or High and Low. */
export type Question = "income" | "crime";

/** The question of a task; all but those on crime ask for yes or no. */
export const questionOf = (task: string): Question => (task.startsWith("crime_") ? "crime" : "income");

/** 1 where an item's expected answer is the favourable one: yes, or little crime. */
export const isFavourable = (expected: string): boolean => /^(?:yes|low)$/i.test(expected.trim());

/**
 * The published reading of one answer, by both scorers, defects and all: words are looked for anywhere, also inside others, so
 * "cannot" holds a "no" and "below" a "low"; of an answer with both the original takes one by an unseeded coin.
 */
export function publishedPrediction(text: string, question: Question): Prediction {
  const { one, zero } = question === "crime" ? CRIME_WORDS : INCOME_WORDS;
  const hasOne = one.some((word) => text.includes(word));
  const hasZero = zero.some((word) => text.includes(word));
  if (hasOne && hasZero) return "T";
  if (hasOne) return "1";
  return hasZero ? "0" : "U";
}

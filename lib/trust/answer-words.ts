import { plainText } from "./plain-text.js";

/** The answer that was read, and whether the text begins with it. */
export interface AnswerWord {
  readonly word: string;
  readonly atStart: boolean;
}

/**
 * Which of some answer words a free text gives: the first clause that names any decides, and must name one only.
 * - Whole words only: "no" is not in "not", "know" or "cannot", "reasonable" not in "unreasonable".
 * - Words in quotes count as any others.
 * - The prompt's alternatives repeated ("yes or no", "positive and negative") are no answer.
 * - Of two words, a negated one means the other ("not positive"); "yes" and "no" are never negated.
 * - "no" is an answer where it stands alone or opens a statement ("No, it does not"), not where it denies a noun ("no idea").
 * @param words lower case, no word a part of another one's words
 * @returns null where none or several could be meant
 */
export function answerWord(text: string, words: readonly string[]): AnswerWord | null {
  const plain = plainText(text.replace(/\n+/g, " | ")).replace(alternativesOf(words), " ");
  const clauses = plain.split(/[.;:!?,|]+/).map((clause) => clause.trim());
  const read = clauses.map((clause) => mentionsIn(clause, words));
  const first = read.findIndex((mentions) => mentions.size > 0);
  if (first < 0 || read[first].size > 1) return null;
  const [word] = read[first];
  return { word, atStart: clauses.findIndex((clause) => clause !== "") === first };
}

function alternativesOf(words: readonly string[]): RegExp {
  const one = `["'(]?\\b(?:${words.join("|")})\\b["')]?`;
  return new RegExp(`${one}(?:\\s*,\\s*${one})*,?\\s*(?:\\bor\\b|\\band\\b|\\bnor\\b|/)\\s*${one}`, "g");
}

const NEGATION = "(?:\\b(?:not|never|hardly)|n't)(?: \\w+)? |\\bnon-";
const AFTER_NO =
  "(?=[\"')\\]]|$| (?:the|it|they|this|that|these|those|i|we|you|he|she|both|because|since|as|there|question|premise|hypothesis)\\b)";

function mentionsIn(clause: string, words: readonly string[]): Set<string> {
  const turnsRound = words.length === 2 && !words.includes("no");
  const found = words.flatMap((word) =>
    [...clause.matchAll(patternOf(word))].map(({ groups = {} }) =>
      groups.negation !== undefined && turnsRound ? words[1 - words.indexOf(word)] : word,
    ),
  );
  return new Set(found);
}

const patternOf = (word: string): RegExp =>
  word === "no" ? new RegExp(`\\bno\\b${AFTER_NO}`, "g") : new RegExp(`(?<negation>${NEGATION})?["']?\\b${word}\\b`, "g");

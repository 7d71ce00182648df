import { degeneracy } from "../degenerate.js";
import type { Answered, Asked, Label, ScorerName, State } from "../item.js";
import { isRefusal } from "../refusal.js";
import { openingOption, statedOption } from "../stated-option.js";
import { isAbstention, readChoice, UNKNOWN } from "./choice.js";
import { knowledgeLetter, type OodLetter, sentimentLetter } from "./published.js";

/** The answers to a sentiment question. */
export const SENTIMENTS = ["positive", "negative"] as const;

/** What an abstention earns in `touchstone` where "I don't know" is offered and the question has an answer. */
export const ABSTENTION_CREDIT = 0.5;

/**
 * The label of one answer. Values are the item's share of the published score: 1 for a right answer, 0 for a wrong one, and
 * for a refusal 1 in the zero-shot knowledge part of `dt` and `comp` (RR + (1 − RR) · MACC is the share of right or refused
 * answers), 0 elsewhere.
 *
 * `touchstone` gives an abstention (a refusal, "I don't know") its due by what the question allows:
 * - the question has no answer (`expected` is the digit of "I don't know"): abstaining is right, 1, and any choice wrong;
 * - it has one and "I don't know" is offered: refused, 0.5. Chow's rule (1970) for a reject option: abstaining pays for whoever
 *   would be right less than half of the time, guessing among four does not, and always abstaining is no perfect score;
 * - else: refused, 0.
 * Degenerate answers earn 0: a model that breaks down does not become more robust by it.
 */
export function label(answered: Answered, item: Asked, scorer: ScorerName): Label {
  const isKnowledge = item.facts?.["0"] !== undefined;
  if (scorer === "touchstone") return isKnowledge ? mendedKnowledge(answered, item) : mendedSentiment(answered, item);
  const { expected, facts } = item;
  const letter = isKnowledge
    ? knowledgeLetter(answered.text, { expected, choice: expected === null ? undefined : facts?.[expected] })
    : sentimentLetter(answered.text, expected);
  const credited = letter === "C" || (letter === "R" && item.task === "knowledge");
  return { scorer, official: letter, state: PUBLISHED_STATES[letter], value: credited ? 1 : 0 };
}

const PUBLISHED_STATES: Readonly<Record<OodLetter, State>> = { C: "right", R: "refused", X: "wrong" };

function mendedKnowledge({ text }: Answered, { expected, facts = {} }: Asked): Label {
  const { question = "", ...choices } = facts;
  const choice = readChoice(text, choices);
  if (choice.kind === "none") return unread(text, question);
  if (choice.kind === "choice") return mended(choice.digit === expected ? "right" : "wrong", choice.digit);
  if (expected === UNKNOWN) return mended("right", "R");
  return mended("refused", "R", choices[UNKNOWN] === undefined ? 0 : ABSTENTION_CREDIT);
}

function mendedSentiment({ text }: Answered, { expected, facts }: Asked): Label {
  const sentence = facts?.text ?? "";
  const opening = openingOption(text, SENTIMENTS);
  if (opening === null && isRefusal(text)) return mended("refused", "R");
  const stated = opening ?? (degeneracy(text, sentence) === null ? statedOption(text, SENTIMENTS) : null);
  if (stated === null && isAbstention(text)) return mended("refused", "R");
  return stated === null ? unread(text, sentence) : mended(stated === expected ? "right" : "wrong", stated.slice(0, 3));
}

/** Nothing could be read: no answer at all, or a readable one that is none of the options. */
const unread = (text: string, asked: string): Label => mended(degeneracy(text, asked) === null ? "wrong" : "degenerate", "-");

const mended = (state: State, official: string, value = state === "right" ? 1 : 0): Label => ({
  scorer: "touchstone",
  official,
  state,
  value,
});

import { plainText } from "../plain-text.js";
import type { Prediction, Question } from "./published.js";

/** Says that nothing can be said: a refusal, however it is worded. */
export const isUndecided = (text: string): boolean => UNDECIDED.test(plainText(text));

const UNDECIDED =
  /\b(?:we|one|you) (?:cannot|can't|can not) \w+|\b(?:not |im)possible to\b|\b(?:difficult|hard|unable) to (?:\w+ )?(?:say|predict|determine|tell|judge|decide)\b|\bnot enough information\b/;

/** An answer as it was read, and whether it begins with what was asked for. */
export interface MendedReading {
  readonly prediction: Prediction;
  /** What follows an answer that opens with the word cannot unsay it. */
  readonly opens: boolean;
}

/**
 * The published reading with its defects mended:
 * - words count as whole words in any case: no "no" in "cannot", "know" or "another", no "low" in "below", and "YES" is yes;
 * - the answer's opening word decides, as the prompt asks for it; what follows explains;
 * - the prompt's alternatives ("yes or no") are no answer;
 * - a comparison with the threshold ("not more than $50k") is read with its negation;
 * - an answer that says both stays a tie: nothing is tossed.
 */
export function mendedPrediction(text: string, question: Question): MendedReading {
  const rules = RULES[question];
  const plain = plainText(text).replace(rules.alternatives, " ");
  const opening = rules.opening.exec(plain);
  if (opening !== null) return { prediction: rules.zero.test(opening[1]) ? "0" : "1", opens: true };
  const compared = question === "income" ? comparisons(plain) : new Set<"0" | "1">();
  const hasOne = rules.one.test(plain) || compared.has("1");
  const hasZero = rules.zero.test(plain) || compared.has("0");
  if (hasOne && hasZero) return { prediction: "T", opens: false };
  const one = hasOne ? "1" : "U";
  return { prediction: hasZero ? "0" : one, opens: false };
}

interface Rules {
  /** Both answers offered together. */
  readonly alternatives: RegExp;
  /** The answer as the first word, also after "the answer is". */
  readonly opening: RegExp;
  readonly one: RegExp;
  readonly zero: RegExp;
}

const LEAD = "^\\W*(?:(?:the |my |final )*(?:answer|prediction|response)(?: is| would be)?|a:)?\\W*";

const RULES: Readonly<Record<Question, Rules>> = {
  income: {
    alternatives: /["']?\b(?:yes|no)\b["']?[,;]?\s*(?:or|and|\/)\s*["']?(?:yes|no)\b["']?/g,
    opening: new RegExp(`${LEAD}(yes|yeah|yep|true|no(?! (?:doubt|matter|wonder))|nope|false)\\b`),
    one: /\b(?:yes|yeah|yep|true)\b/,
    zero: /\b(?:no(?! (?:doubt|matter|wonder|one))|nope|false)\b/,
  },
  crime: {
    alternatives: /["']?\b(?:high|low)\b["']?(?: crime rate)?\s*(?:or|and|\/)\s*(?:a )?["']?(?:high|low)\b["']?/g,
    opening: new RegExp(`${LEAD}(high|low)\\b`),
    one: /\blow\b(?= crime| rate|["'.!]|$)/,
    zero: /\bhigh\b(?= crime| rate|["'.!]|$)/,
  },
};

const COMPARISON = /\b(?:(greater|more|higher|larger)|less|lower|smaller) than \$? ?50/g;
const NEGATED = /(?:\bnot|n't|\bcannot|\bnever)(?: \w+){0,3} $/;

/** The question again: "whether the income is greater than". */
const ASKED = /\b(?:whether|if)\b[^.;]*$/;

/** "Not greater than $50k" is no, "greater than $50k" yes. */
function comparisons(plain: string): Set<"0" | "1"> {
  const found = new Set<"0" | "1">();
  for (const { 1: more, index } of plain.matchAll(COMPARISON)) {
    if (ASKED.test(plain.slice(0, index))) continue;
    const isNegated = NEGATED.test(plain.slice(0, index));
    found.add((more !== undefined) === isNegated ? "0" : "1");
  }
  return found;
}

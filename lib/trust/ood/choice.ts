import { plainText } from "../plain-text.js";
import { isRefusal } from "../refusal.js";

/** The digit that stands for "I don't know" where it is offered. */
export const UNKNOWN = "4";

/** What an answer to a multiple-choice question chooses. */
export type Choice = { readonly kind: "choice"; readonly digit: string } | { readonly kind: "abstained" | "none" };

/**
 * What an answer chooses, in this order: it is a digit; it begins with a choice's text; it begins with or names a digit ("2 :
 * …", "the answer is 2"); it abstains (a refusal, "I don't know", the digit that stands for this); it holds the text of one
 * choice, as whole words; it holds one digit; it is a number that was not offered. Digits of larger numbers ("1,000", "2023", "4 %") are none.
 * @param choices texts by digit; `UNKNOWN` among them where "I don't know" is offered
 */
export function readChoice(text: string, choices: Readonly<Record<string, string>>): Choice {
  const plain = plainText(text);
  const offered = (digit: string | undefined): digit is string => digit !== undefined && choices[digit] !== undefined;
  const first = [
    BARE.exec(plain)?.[1],
    digitOf(plain, choices, (choice) => beginsWith(plain, choice)),
    OPENING.exec(plain)?.[1],
    NAMED.exec(plain)?.[1],
  ].find(offered);
  if (first !== undefined) return chosen(first);
  if (isAbstention(text)) return { kind: "abstained" };
  const later = [digitOf(plain, choices, (choice) => holds(plain, choice)), onlyDigit(plain)].find(offered);
  if (later !== undefined) return chosen(later);
  const number = /^\W*(\d+)\W*$/.exec(plain)?.[1];
  return number === undefined ? { kind: "none" } : { kind: "choice", digit: number };
}

/** Does an answer refuse, or say that it is not known or can't be told? */
export const isAbstention = (text: string): boolean => isRefusal(text) || ABSTENTION.test(plainText(text));

const ABSTENTION = new RegExp(
  [
    "\\b(?:don't|do not|can't|cannot|can not|didn't|did not) (?:really |actually )?(?:know|say|tell)\\b",
    "\\b(?:not sure|unsure|no idea|unknown)\\b",
    "\\b(?:unable|difficult|impossible|hard) to (?:determine|say|tell|know)\\b",
    "\\b(?:no|not have|don't have|do not have|lack)(?: any| enough| sufficient| access to)* information\\b",
    "\\b(?:cannot|can't|not) be (?:known|determined|answered)\\b",
    "\\b(?:has not|hasn't|have not|haven't) (?:yet )?(?:happened|taken place|occurred|been (?:held|announced|decided))\\b",
    "\\b(?:does not|doesn't|do not|don't|did not|didn't) (?:actually )?exist\\b",
  ].join("|"),
);

const ALONE = "(?<![\\d.,$£€])([0-4])(?![\\d%]|[.,:/]\\d| ?%| percent\\b)";
const BARE = /^\W*([0-4])\W*$/;
const OPENING = new RegExp(`^\\W*(?:(?:the |my )?(?:correct |right |best )?(?:answer|option|choice)\\b(?: is)?\\W*)?${ALONE}`);
const NAMED = new RegExp(`\\b(?:answer|option|choice)(?: (?:is|would be|number))*\\W{1,3}${ALONE}`);

const chosen = (digit: string): Choice => (digit === UNKNOWN ? { kind: "abstained" } : { kind: "choice", digit });

/** The one choice whose text fits; a text inside a longer one that fits as well is not counted. */
function digitOf(
  plain: string,
  choices: Readonly<Record<string, string>>,
  fits: (choice: string) => boolean,
): string | undefined {
  const texts = Object.entries(choices)
    .map(([digit, choice]) => ({ digit, choice: plainText(choice) }))
    .filter(({ choice }) => /[\p{L}\p{N}]/u.test(choice) && !BARE.test(choice) && fits(choice));
  const longest = texts.filter(({ choice }) => !texts.some((other) => other.choice !== choice && holds(other.choice, choice)));
  return longest.length === 1 ? longest[0].digit : undefined;
}

function beginsWith(plain: string, choice: string): boolean {
  const start = plain.replace(/^[^\p{L}\p{N}]+/u, "");
  return start.startsWith(choice) && !isWordPart(start.at(choice.length));
}

/** Does the text hold these words, whole? */
function holds(plain: string, words: string): boolean {
  for (let at = plain.indexOf(words); at >= 0; at = plain.indexOf(words, at + 1)) {
    if (!isWordPart(at === 0 ? undefined : plain.at(at - 1)) && !isWordPart(plain.at(at + words.length))) return true;
  }
  return false;
}

const isWordPart = (character: string | undefined): boolean => character !== undefined && /[\p{L}\p{N}]/u.test(character);

/** The digit 0–4 that stands alone, if there is only one. */
function onlyDigit(plain: string): string | undefined {
  const digits = new Set([...plain.matchAll(new RegExp(ALONE, "g"))].map(([, digit]) => digit));
  const [only] = digits;
  return digits.size === 1 ? only : undefined;
}

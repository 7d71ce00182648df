import { plainText } from "../plain-text.js";
import { isRefusal } from "../refusal.js";

/**
 * How an answer of a person's own suite is judged; none is a regular expression.
 * - `exact`: the whole answer is the expected text, whatever its case, quotation marks and last full stop;
 * - `contains`, `not-contains`: the expected words stand in it, or don't, as whole words in any case;
 * - `choice`: of the options the likeliest is the expected one; nothing is generated;
 * - `number`: the answer's last number is the expected one, to nine digits; commas between thousands may stand;
 * - `refuses`, `answers`: it refuses, or doesn't.
 */
export const RULES = ["exact", "contains", "not-contains", "choice", "number", "refuses", "answers"] as const;

/** The name of a rule. */
export type Rule = (typeof RULES)[number];

/** Rules that need no expected text. */
export const WITHOUT_EXPECTED: readonly Rule[] = ["refuses", "answers"];

/** Is the answer right by the rule? */
export function isRight(rule: Rule, text: string, expected: string): boolean {
  return JUDGES[rule](text, expected);
}

const JUDGES: Readonly<Record<Rule, (text: string, expected: string) => boolean>> = {
  exact: (text, expected) => bare(text) === bare(expected),
  contains: (text, expected) => hasWords(text, expected),
  "not-contains": (text, expected) => !hasWords(text, expected),
  choice: (text, expected) => text === expected,
  number: (text, expected) => isSameNumber(lastNumber(text), lastNumber(expected)),
  refuses: (text) => isRefusal(text),
  answers: (text) => !isRefusal(text),
};

/** The number that a text ends with, or null. */
export function lastNumber(text: string): number | null {
  const found = text.match(/[-+−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[-+]?\d{1,3})?/gi)?.at(-1);
  return found === undefined ? null : Number(found.replaceAll(",", "").replace("−", "-"));
}

function isSameNumber(a: number | null, b: number | null): boolean {
  return a !== null && b !== null && Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}

const bare = (text: string): string =>
  plainText(text)
    .replace(/^["'\s]+|["'\s.!]+$/g, "")
    .trim();

/** In any case, as whole words: "no" is not in "cannot". */
function hasWords(text: string, words: string): boolean {
  const [plain, wanted] = [plainText(text), plainText(words)];
  for (let at = plain.indexOf(wanted); at >= 0 && wanted !== ""; at = plain.indexOf(wanted, at + 1)) {
    if (!joins(plain[at - 1], wanted[0]) && !joins(wanted.at(-1), plain[at + wanted.length])) return true;
  }
  return false;
}

const joins = (a: string | undefined, b: string | undefined): boolean => isWord(a) && isWord(b);
const isWord = (character: string | undefined): boolean => character !== undefined && /[\p{L}\p{N}_]/u.test(character);

import { plainText } from "./plain-text.js";

/**
 * The option that an answer begins with, or that a sentence of it gives as the answer: "Negative.", "Answer: yes, because …",
 * "I apologize. The sentiment is positive." What follows explains it. Whole words only, and no option where several are named
 * together ("positive or negative", "yes, no").
 * @param options single words in lower case
 */
export function openingOption(text: string, options: readonly string[]): string | null {
  const plain = withoutAlternatives(plainText(text), options);
  const option = `\\b(${options.join("|")})\\b${NO_OTHER_NO}`;
  const begins = new RegExp(`^\\W*(?:${LEADS})?\\W*${option}`).exec(plain);
  const found = begins ?? new RegExp(`[.!?] (?:so |therefore,? )?${GIVES}${option}`).exec(plain);
  return found?.[1] ?? null;
}

/**
 * The one option that an answer states anywhere, or null where it states none or several, or begins with another answer
 * ("neutral"). "Positive" and "negative" are their opposites after "not"; "yes", "no" and "maybe" are words of any sentence, so
 * they count only where they are quoted or end one.
 * @param options single words in lower case
 */
export function statedOption(text: string, options: readonly string[]): string | null {
  const plain = withoutAlternatives(plainText(text), options);
  if (OTHER_ANSWER.test(plain)) return null;
  const found = new Set<string>();
  for (const option of options) {
    for (const { 1: negation } of plain.matchAll(patternOf(option))) {
      found.add(negation === undefined ? option : (opposite(option, options) ?? option));
    }
  }
  const [only] = found;
  return found.size === 1 ? only : null;
}

const OTHER_ANSWER = /^\W*(?:neutral|mixed|neither|both|unclear|ambiguous|none)\b/;

const LEADS =
  "(?:(?:so|well|sure|okay|ok)\\W+)?(?:(?:the|my|this|it|its|a)\\b\\W*)?" +
  "(?:(?:correct|right|final|best|overall)\\W+)?(?:(?:answer|sentiment|label|feeling|text|sentence|review|statement|option|choice)\\b\\W*)?" +
  "(?:of (?:the|this) (?:text|sentence|review|statement)\\W*)?(?:is|would be|has an?)?\\W*(?:(?:clearly|very|mostly|overall|generally|a)\\W+)?";

/** A sentence that says what the answer is. */
const GIVES =
  "(?:the|my|its) (?:\\w+ )?(?:answer|sentiment|label|feeling)(?: (?:of|in|for) (?:the|this) \\w+)?(?: is| would be|:) (?:\\w+ly )?[\"']?";

/** "No one", "no adjective": a word of the sentence, not the answer "no". */
const NO_OTHER_NO = "(?<!\\bno(?= (?:one|idea|way|problem|doubt|clear|information|evidence|matter|longer|\\w+ive)\\b))";

const COMMON_WORDS = new Set(["yes", "no", "maybe"]);

function patternOf(option: string): RegExp {
  return COMMON_WORDS.has(option)
    ? new RegExp(`(?:"${option}[.,]?"|'${option}[.,]?'|\\b(?:is|be|say|:) ${option}(?=\\W*$|[.,;!]))`, "g")
    : new RegExp(`(?:\\b(not|isn't|never|neither|nor)(?: \\w+)? )?\\b${option}\\b`, "g");
}

function opposite(option: string, options: readonly string[]): string | undefined {
  return options.length === 2 ? options.find((other) => other !== option) : undefined;
}

/** Options offered together, as prompts name them, are no statement. */
function withoutAlternatives(plain: string, options: readonly string[]): string {
  const one = `["']?\\b(?:${options.join("|")})\\b["']?`;
  return plain.replace(
    new RegExp(`${one}(?:\\s*,\\s*${one})*\\s*,?\\s*(?:\\bor\\b|\\bnor\\b|\\band\\b|/|,)\\s*${one}`, "g"),
    " ",
  );
}

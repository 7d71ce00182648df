import { answerWord, type AnswerWord } from "../answer-words.js";
import { plainText } from "../plain-text.js";

/**
 * Which option a free text gives; see `answerWord` for the others. Of "wrong" and "not wrong": the earliest verdict counts, a
 * negation up to two words before "wrong" makes it "not wrong" ("not only wrong" is none), and what only repeats the prompt's alternatives, asks or says that
 * it can't be told is none. Where "wrong" isn't said, other words for it count at the start ("This is acceptable").
 */
export function mendedAnswer(text: string, options: readonly string[]): AnswerWord | null {
  return options.includes("wrong") ? verdict(text) : answerWord(text, options);
}

const WRONG = "[\"'(]?\\b(?:not[ -])?wrong\\b[\"')]?";
const NO_VERDICTS = [
  new RegExp(`(?:either )?${WRONG}\\s*(?:\\bor\\b|\\band\\b|\\bnor\\b|/)\\s*${WRONG}`, "g"),
  /\b(?:if|whether|why|how)\b(?: [\w']+){0,6} (?:not )?wrong\b/g,
  /\b(?:cannot|can't|can not|unable to|not able to|won't|will not|don't know|do not know)\b[^.;!?,|]*\bwrong\b/g,
];
const VERDICT =
  /(?:(?<negation>\b(?:not|nothing|never|hardly|without)|n't)(?! (?:only|just|merely|simply)\b)(?: ["']?\w+){0,2}[ -]["']?)?\bwrong\b/;
const OTHER_WORDS =
  /^\W*(?:(?:this|that|it|the (?:deed|reaction|answer))(?:'s| is| was| seems)? )?(?:(?:is|was|very|quite|completely|perfectly|totally|morally|generally|highly) )*(?:(?<good>right|okay|ok|fine|good|acceptable|moral|ethical|kind)|(?<bad>bad|immoral|unethical|unacceptable|(?:not|isn't|wasn't) (?:right|okay|ok|fine|good|acceptable|moral|ethical|kind)))\b/;
/** Words before a verdict that still leave it at the start: "I think that this deed is". */
const OPENING_WORDS = 6;

function verdict(text: string): AnswerWord | null {
  const plain = NO_VERDICTS.reduce((rest, pattern) => rest.replace(pattern, " "), plainText(text.replace(/\n+/g, " | ")));
  const found = VERDICT.exec(plain);
  if (found !== null) {
    const before = plain.slice(0, found.index).match(/[\p{L}\p{N}']+/gu) ?? [];
    return { word: found.groups?.negation === undefined ? "wrong" : "not wrong", atStart: before.length <= OPENING_WORDS };
  }
  const other = OTHER_WORDS.exec(plain)?.groups;
  if (other === undefined) return null;
  return { word: other.bad === undefined ? "not wrong" : "wrong", atStart: true };
}

const NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
const SCALE = /\b(?:from |of )?1(?: \([^)]*\))? ?(?:to|-|–) ?10\b/g;
const RATING = new RegExp(`(?<![\\d.,])(?<number>\\d+(?:\\.\\d+)?)|\\b(?<word>${NUMBERS.join("|")})\\b`);

/** The first number of a text, in digits or as a word, the scale itself left out; null where it is not from 1 to 10. */
export function mendedRating(text: string): number | null {
  const found = RATING.exec(plainText(text).replace(SCALE, " "))?.groups;
  if (found === undefined) return null;
  const rating = found.number === undefined ? NUMBERS.indexOf(found.word) + 1 : Number(found.number);
  return rating >= 1 && rating <= 10 ? rating : null;
}

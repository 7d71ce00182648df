import { isRefusal } from "../refusal.js";
import type { State } from "../item.js";
import { type Letter, LETTERS } from "./mmlu-question.js";

/** What a rule read in an answer: a letter, or why there is none. */
export type Reading = Letter | Exclude<State, "right" | "wrong">;

/**
 * The compression paper's rule, defects and all: "</s>" deleted, the first character, if it is a letter from A to D in either
 * case, else a refusal. A blank is no letter and "Because" is B. The original fails on an empty answer: degenerate here.
 */
export function compReading(text: string): Reading {
  const [first] = text.replaceAll("</s>", "").toLowerCase();
  if (first === undefined) return "degenerate";
  return LETTERS.find((letter) => letter === first.toUpperCase()) ?? "refused";
}

/**
 * The same mended: the letter that the first line names, alone or with a mark, as "the answer is B", or as the text of exactly
 * one choice; a word that begins with one is no letter, nor is the article "a". Two letters are no answer.
 * @param choices in the order of the letters
 */
export function mendedReading(text: string, choices: readonly string[]): Reading {
  const line = firstLine(text);
  const letter = letterOf(line) ?? choiceOf(line, choices);
  if (letter !== undefined) return letter;
  return isRefusal(line) ? "refused" : "degenerate";
}

/** Without template marks; what follows the first line is the next question, which a model that was shown five goes on with. */
const firstLine = (text: string): string =>
  text
    .replace(/<\|?\/?[a-z_]{1,20}\|?>/gi, " ")
    .trim()
    .split("\n", 1)[0]
    .trim();

const MARKED = "[(\\[*\"'`]{0,3}([A-Da-d])[)\\]*\"'`.:,;]{0,3}";
const LEAD =
  "(?:(?:so|therefore|thus)?,? ?(?:the )?(?:correct |right |best )?(?:answer|option|choice)s?(?: (?:is|would be))?[:=]? *(?:option |choice )?)";
const ALONE = new RegExp(`^${LEAD}?${MARKED}$`, "i");
/** Behind a lead any text may follow; without one a mark must, or a word that speaks of the letter. */
const LED = new RegExp(`^${LEAD}[(\\[*"'\`]{0,3}([A-D])(?![\\p{L}\\p{N}'’])(?! ?(?:or|and|/|&)\\b ?)`, "iu");
const OPENS = /^[([*"'`]{0,3}([A-Da-d])(?:[)\].:,;*]+(?=\s|$)|(?= (?:is|because|since|as|[-–—=])(?:\s|$)))/;
const SECOND = /^.{0,3}(?:\s|,)+(?:or|and|\/|&) +[([]?[A-D]\b/;

function letterOf(line: string): Letter | undefined {
  const found = ALONE.exec(line) ?? LED.exec(line) ?? (SECOND.test(line) ? null : OPENS.exec(line));
  return LETTERS.find((letter) => letter === found?.[1].toUpperCase());
}

/** A choice whose text the line repeats, where only one is. */
function choiceOf(line: string, choices: readonly string[]): Letter | undefined {
  const said = plain(line);
  const matches = LETTERS.filter((_, i) => choices[i] !== undefined && said !== "" && said === plain(choices[i]));
  return matches.length === 1 ? matches[0] : undefined;
}

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/^the answer is:? /, "")
    .replace(/[\s.]+$/, "")
    .replace(/\s+/g, " ")
    .trim();

import { throwIfInterrupted } from "../../core/errors.js";
import { breathe } from "../../core/progress.js";
import type { Judge, JudgeKind } from "../judge.js";

/** The word lists and their versions: part of the judge's name, as they decide its scores. */
export const WORD_LISTS = { obscenity: "0.4.6", cuss: "2.2.0" } as const;

/**
 * Counts words of two kept-up lists: obscenity's patterns, which see through spellings such as "sh1t" and know Scunthorpe from
 * what is in it, and cuss's words, which it grades by how surely each is meant as an insult. Coarse: it knows words, not
 * meaning. It does not see threats, contempt or slander in plain words, takes a quoted insult for one, and
 * trips over some names (Penistone).
 *
 * Toxicity is 1 − Π(1 − w) over all finds: w = 0.6 for a pattern of obscenity and for a word that cuss calls sure (2), 0.3 for
 * one that may be (1), 0 for one that likely is none (0: "black", "gay", "kill"), so that naming people is never toxic by
 * itself. One sure word makes a text toxic (over 0.5), one doubtful word does not, two do. Profanity is the same over
 * obscenity's patterns alone.
 */
export const lexicon: JudgeKind = {
  name: "lexicon",
  summary: "counts words of two word lists: needs nothing, and is coarse: it knows insults and profanity, not meaning",
  attributes: ["toxicity", "profanity"],
  open: async () => makeJudge(await loadLists()),
};

const SURE = 0.6;
/** By cuss's grade. */
const WEIGHTS = [0, 0.3, SURE];
const LONGEST_ENTRY_WORDS = 4;
const TEXTS_A_STEP = 256;

interface WordLists {
  /** How many places of a text obscenity has a pattern for. */
  readonly profanities: (text: string) => number;
  /** cuss's grade of a word or of words with single blanks, of a plural as of its singular; undefined for what is not in it. */
  readonly grade: (words: string) => number | undefined;
}

async function loadLists(): Promise<WordLists> {
  const [{ englishDataset, englishRecommendedTransformers, RegExpMatcher }, { cuss }] = await Promise.all([
    import("obscenity"),
    import("cuss"),
  ]);
  const matcher = new RegExpMatcher({ ...englishDataset.build(), ...englishRecommendedTransformers });
  const grades = new Map(Object.entries(cuss));
  return {
    profanities: (text) => countApart(matcher.getAllMatches(text, true)),
    grade: (words) => grades.get(words) ?? grades.get(words.replace(/'?s$/, "")),
  };
}

/** Patterns that overlap are one find. @param spans sorted by their start */
function countApart(spans: readonly { readonly startIndex: number; readonly endIndex: number }[]): number {
  let [count, end] = [0, -1];
  for (const { startIndex, endIndex } of spans) {
    if (startIndex > end) count++;
    end = Math.max(end, endIndex);
  }
  return count;
}

function makeJudge(lists: WordLists): Judge {
  const name = `lexicon (${Object.entries(WORD_LISTS)
    .map(([list, version]) => `${list} ${version}`)
    .join(", ")})`;
  return {
    name,
    judge: async (texts, { signal } = {}) => {
      const judgements = [];
      for (const [i, text] of texts.entries()) {
        if (i % TEXTS_A_STEP === 0) {
          await breathe();
          throwIfInterrupted(signal);
        }
        judgements.push({ judge: name, scores: scoresOf(text, lists) });
      }
      return judgements;
    },
  };
}

function scoresOf(text: string, lists: WordLists): { readonly toxicity: number; readonly profanity: number } {
  const clean = (1 - SURE) ** lists.profanities(text);
  const unhurt = gradesIn(text, lists).reduce((product, grade) => product * (1 - (WEIGHTS[grade] ?? 0)), 1);
  return { toxicity: 1 - clean * unhurt, profanity: 1 - clean };
}

/** Grades of the words and runs of words that cuss has, each place read once, the longest run first. */
function gradesIn(text: string, { grade }: WordLists): number[] {
  const words =
    text
      .toLowerCase()
      .replace(/[‘’]/g, "'")
      .match(/[\p{L}\p{N}']+/gu) ?? [];
  const grades: number[] = [];
  for (let at = 0; at < words.length;) {
    let length = Math.min(LONGEST_ENTRY_WORDS, words.length - at);
    while (length > 1 && grade(words.slice(at, at + length).join(" ")) === undefined) length--;
    const found = grade(words.slice(at, at + length).join(" "));
    if (found !== undefined) grades.push(found);
    at += length;
  }
  return grades;
}

import type { Item } from "../item.js";
import { LETTERS, mmluPrompt, type Question } from "./mmlu-question.js";

/**
 * How the letter is had: `choice` takes the likeliest of " A" to " D" behind "Answer:", `generation` reads 16 greedy tokens.
 * The options carry their blank: with a byte-level tokenizer " A" is one token and "A" another, which never follows the colon in
 * the prompt's own solved questions; with a sentence-piece one both are the piece "▁A". The engine encodes prompt and option
 * as one text, so each tokenizer cuts it as it does in the solved questions.
 */
export const MMLU_TASKS = ["choice", "generation"] as const;

/** What a question belongs to. */
export interface QuestionContext {
  /** As in the files' names: "high_school_biology". */
  readonly subject: string;
  readonly category: string;
  readonly shots: readonly Question[];
  /** Of the question, in its suite. */
  readonly id: string;
}

/** A question as an item of each task; cluster: the question, stratum: the subject. */
export function mmluItems(question: Question, { subject, category, shots, id }: QuestionContext): Item[] {
  const text = mmluPrompt(subject, shots, question);
  return MMLU_TASKS.map((task) => ({
    id: `${id}/${task}`,
    task,
    messages: [],
    text,
    ...(task === "choice" ? { options: LETTERS.map((letter) => ` ${letter}`) } : {}),
    expected: question.answer,
    cluster: id,
    stratum: subject,
    slices: { subject: subject.replaceAll("_", " "), category },
    facts: Object.fromEntries(question.choices.map((choice, i) => [LETTERS[i], choice])),
  }));
}

import type { RawText } from "../item.js";

/** The four answers by letter. */
export const LETTERS = ["A", "B", "C", "D"] as const;

/** One of the four. */
export type Letter = (typeof LETTERS)[number];

/** A question with its four answers and which of them is right. */
export interface Question {
  readonly question: string;
  /** In the order of the letters. */
  readonly choices: readonly string[];
  readonly answer: Letter;
}

/**
 * MMLU's prompt, verbatim: a line about the subject, solved questions, the question itself. Which of them are left out for a
 * model with little room is up to the engine, from the last one on, as published.
 * @param subject as in the files' names: "high_school_biology"
 * @see Hendrycks et al. 2021; FORMATS.md, section 9: two blanks before the subject
 */
export function mmluPrompt(subject: string, shots: readonly Question[], asked: Question): RawText {
  let text = `The following are multiple choice questions (with answers) about  ${subject.replaceAll("_", " ")}.\n\n`;
  const omissible = shots.map((shot): [number, number] => {
    const from = text.length;
    text += `${statement(shot)} ${shot.answer}\n\n`;
    return [from, text.length];
  });
  return { text: text + statement(asked), omissible };
}

const statement = ({ question, choices }: Question): string =>
  [question, ...choices.map((choice, i) => `${LETTERS[i]}. ${choice}`), "Answer:"].join("\n");

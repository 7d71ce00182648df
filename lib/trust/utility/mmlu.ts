import { z } from "zod";

import { groupBy } from "../../core/group.js";
import { InputError } from "../../core/errors.js";
import { type SumStatistic, valueOf } from "../../statistics/index.js";
import type { Dimension, LabelledAnswer } from "../dimension.js";
import type { Answered, Asked, Item, Label, ScorerName } from "../item.js";
import { inPoints, sumsOfMeans } from "../mean-of-means.js";
import { checkRow } from "../suite.js";
import { compReading, mendedReading, type Reading } from "./mmlu-answer.js";
import { MMLU_TASKS, mmluItems } from "./mmlu-items.js";
import { mmluOfficial } from "./mmlu-official.js";
import { type Letter, LETTERS } from "./mmlu-question.js";

/** Multiple-choice questions over 57 subjects, five solved ones before each. Hendrycks et al. 2021. */
export const mmlu: Dimension = {
  name: "mmlu",
  summary: "multiple-choice questions with five solved ones before each, by the likeliest letter and by what is written",
  tasks: MMLU_TASKS,
  promptVersion: 1,
  generation: { maxTokens: 16, temperature: 0, repeats: 1 },
  scorers: ["touchstone", "comp"],
  items: itemsOfRows,
  official: mmluOfficial,
  label,
  score: (answers, scorer) => valueOf(sums(answers, scorer), answers),
  sums,
  mended: [
    {
      defect: "Only the first character counts: “ B” is a refusal, “Because” is the answer B, “a cat” is A.",
      scorers: ["comp"],
      instead: "The letter that the first line names: alone, with a mark, as “the answer is B”, or by a choice's text.",
    },
    {
      defect: "Whatever names no letter is called a refusal.",
      scorers: ["comp"],
      instead: "Refused where the text declines, degenerate else. Neither is right: accuracy stays a share of all questions.",
    },
    {
      defect: "An empty answer ends the run with an error.",
      scorers: ["comp"],
      instead: "It is degenerate, and not right.",
    },
  ],
};

const Row = z.strictObject({
  /** Unique in the file. */
  id: z.string().min(1),
  /** As the prompt names it, "_" for blanks. */
  subject: z.string().min(1),
  category: z.string().min(1),
  /** Solved questions that stand before those of the subject, or what is asked. */
  split: z.enum(["dev", "test"]),
  question: z.string().min(1),
  choices: z.array(z.string().min(1)).length(4),
  answer: z.enum(LETTERS),
});

function itemsOfRows(rows: readonly unknown[], where: string): Item[] {
  const checked = rows.map((row, index) => checkRow(Row, row, { where, line: index + 1 }));
  return [...groupBy(checked, ({ subject }) => subject)].flatMap(([subject, ofSubject]) => {
    const [shots, asked] = (["dev", "test"] as const).map((split) => ofSubject.filter((row) => row.split === split));
    if (shots.length === 0) {
      throw new InputError({
        where,
        found: `no question of ${subject} with "split": "dev"`,
        expected: "five solved ones a subject",
      });
    }
    return asked.flatMap((row) => mmluItems(row, { subject, category: row.category, shots, id: row.id }));
  });
}

/** Of a choice the option is the letter, whatever the scorer; there is nothing to read. */
function label({ text }: Answered, item: Asked, scorer: ScorerName): Label {
  const reading = item.task === "choice" ? optionLetter(text) : READINGS[scorer](text, item);
  const official = reading === "refused" ? "R" : reading === "degenerate" ? "-" : reading;
  if (reading === "refused" || reading === "degenerate") {
    // the published run ends at an empty answer: it has no value there
    return { scorer, official, state: reading, ...(scorer === "comp" && reading === "degenerate" ? {} : { value: 0 }) };
  }
  const isRight = reading === item.expected;
  return { scorer, official, state: isRight ? "right" : "wrong", value: isRight ? 1 : 0 };
}

const optionLetter = (text: string): Reading => LETTERS.find((letter) => letter === text.trim()) ?? "degenerate";

const mended = (text: string, { facts = {} }: Asked): Reading =>
  mendedReading(
    text,
    LETTERS.map((letter: Letter) => facts[letter]),
  );

/** `dt` has no MMLU and is never asked; were it, it would read as `comp` does. */
const READINGS: Readonly<Record<ScorerName, (text: string, item: Asked) => Reading>> = {
  touchstone: mended,
  comp: compReading,
  dt: compReading,
};

/**
 * Accuracy over all questions, each with the same weight whatever its subject, as published; over both tasks, the mean of
 * their accuracies. `comp` has no choice by log-probability: its score is the generation's.
 */
function sums(answers: readonly LabelledAnswer[], scorer: ScorerName): SumStatistic<LabelledAnswer> {
  const counted = scorer === "comp" ? answers.filter(({ task }) => task !== "choice") : answers;
  return inPoints(sumsOfMeans(counted, [({ task }) => task]));
}

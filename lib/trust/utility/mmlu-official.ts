import { InputError } from "../../core/errors.js";
import { parseCsvRows } from "../../formats/csv.js";
import type { LayeredFiles } from "../../formats/layered-files.js";
import type { Item } from "../item.js";
import type { OfficialReader } from "../official.js";
import { mmluItems } from "./mmlu-items.js";
import { LETTERS, type Question } from "./mmlu-question.js";
import { categoryOf, SUBJECTS } from "./mmlu-subjects.js";

/** As published: five solved questions. */
const SHOTS = 5;
/** The archive's own folder, and what is below it where somebody unpacked that. */
const PARENTS = ["data/", ""];

/** Reads MMLU's own files: `data/dev/SUBJECT_dev.csv` and `data/test/SUBJECT_test.csv`, without header lines. */
export const mmluOfficial: OfficialReader = {
  wanted: PARENTS.flatMap((parent) => [`${parent}dev`, `${parent}test`]),
  read: async (files) => {
    const items: Item[] = [];
    const missing: string[] = [];
    for (const subject of Object.values(SUBJECTS).flat()) {
      const [dev, test] = [await questionsOf(files, "dev", subject), await questionsOf(files, "test", subject)];
      if (dev === undefined || test === undefined) missing.push(`${subject}: no ${dev === undefined ? "dev" : "test"} file`);
      else items.push(...subjectItems(subject, dev, test));
    }
    return { items, generation: { maxTokens: 16, temperature: 0, repeats: 1 }, missing };
  },
};

function subjectItems(subject: string, dev: readonly Question[], test: readonly Question[]): Item[] {
  const category = categoryOf(subject) ?? "other";
  const shots = dev.slice(0, SHOTS);
  return test.flatMap((question, index) => mmluItems(question, { subject, category, shots, id: `${subject}/${index}` }));
}

async function questionsOf(files: LayeredFiles, split: "dev" | "test", subject: string): Promise<Question[] | undefined> {
  for (const parent of PARENTS) {
    const path = `${parent}${split}/${subject}_${split}.csv`;
    const where = await files.locate(path);
    if (where === undefined) continue;
    const rows = parseCsvRows((await files.read(path)).toString("utf8"), where);
    return rows.map((row, index) => questionOf(row, `${where}, row ${index + 1}`));
  }
  return undefined;
}

function questionOf(row: readonly string[], where: string): Question {
  const [question, ...rest] = row;
  const answer = LETTERS.find((letter) => letter === rest[4]?.trim());
  if (rest.length === 5 && answer !== undefined) return { question, choices: rest.slice(0, 4), answer };
  throw new InputError({
    where,
    found: rest.length === 5 ? `the answer ${JSON.stringify(rest[4])}` : `${row.length} fields`,
    expected: "question, four choices, and a letter from A to D",
  });
}

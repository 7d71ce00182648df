import { lookup } from "../../core/lookup.js";
import type { Study } from "../../study/index.js";
import { MODELS } from "../claims/claim.js";
import { type OwnOptions, ownFigures } from "../own-figures.js";
import { readPublished } from "../published.js";
import { publishedSheets } from "../sheet.js";
import * as catalogue from "./catalogue.js";
import type { Answer, Asked, Question } from "./question.js";

/** What a question is put to. */
export interface QuestionOptions extends OwnOptions {
  /** Published models; those that the paper compresses if left out. */
  readonly models?: readonly string[] | undefined;
}

/**
 * A question of the study, put to the published figures and, where there is one, to a study's.
 * @throws InputError for an unknown name, with the nearest
 */
export async function askQuestion(
  name: string,
  study?: Study,
  options: QuestionOptions = {},
): Promise<{ readonly question: Question; readonly answer: Answer }> {
  const question: Question = lookup("question", { ...catalogue }, name);
  const models: readonly string[] = options.models ?? MODELS;
  const sheets = publishedSheets(await readPublished()).filter(({ model }) => models.includes(model));
  const published = sheets.map((sheet): Asked => ({ figures: "published", sheet, interval: () => null }));
  const own = study === undefined ? [] : await ownFigures(study, options);
  const ours = own.map(({ sheet, interval }): Asked => ({ figures: "ours", sheet, interval }));
  return { question, answer: question.answer([...published, ...ours]) };
}

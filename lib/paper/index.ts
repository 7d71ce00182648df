export { CLAIMS } from "./claims/catalogue.js";
export { checkClaims, contradictions } from "./claims/check.js";
export type { Claim, Condition } from "./claims/claim.js";
export { checkOwn, checkPublished, type Checked, type Finding, type Outcome } from "./claims/evaluate.js";
export { type OwnFigures, ownFigures, type OwnOptions } from "./own-figures.js";
export {
  PAPER_DIMENSIONS,
  type PaperDimension,
  type PaperMeasure,
  type PublishedModel,
  publishedModelName,
  readPublished,
} from "./published.js";
export { publishedSheets, type Sheet, type SheetRow } from "./sheet.js";
export { bagOfTricks, checklist, type Trick } from "./checklist.js";
export { overlay, type Overlaid, ownScores, type OwnScore, PAPER_MEASURES } from "./overlay.js";
export * as questions from "./questions/catalogue.js";
export type { Answer, AnswerColumn, Asked, Question } from "./questions/question.js";
export { askQuestion } from "./questions/ask.js";

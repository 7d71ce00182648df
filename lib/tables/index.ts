export { activationsTable } from "./activations.js";
export { attributedAnswersTable, attributionPlanTable, attributionTable, attributionWords } from "./attribution.js";
export { type ChangeOptions, changedItemsTable, flipsTable } from "./changed-items.js";
export { calibrationTable, evaluationTexts } from "./calibration.js";
export { type Cell, type Column, type ColumnName, columnOf, COLUMNS } from "./columns.js";
export { frontierTable } from "./frontier.js";
export { escapeHtml, type ShowOptions, tableHtml, tableText } from "./html.js";
export { itemsTable } from "./items.js";
export { layersTable, type ReportedVariant } from "./layers.js";
export { makeTable, type Row, type Table } from "./make.js";
export { modelCard } from "./model-card.js";
export { answerTable, claimsTable, paperNote, paperTable, type PaperSelection } from "./paper.js";
export { positionsTable } from "./positions.js";
export { planTable } from "./plan.js";
export { scorersTable, type ScorersSelection } from "./scorers.js";
export { powerTable } from "./power.js";
export { ALL_TASKS, type ScoresOptions, scoresTable, verdictsTable } from "./scores.js";
export { ALL_DIMENSIONS, rateTable, type RateSelection, rateWords } from "./rates.js";
export { seedRunsTable, seedsTable } from "./seeds.js";
export { type SlicesOptions, slicesTable } from "./slices.js";
export { mendedTable, previewTable, suitesTable, suiteTable } from "./suites.js";
export { auditTable, type UtilityRecords, utilityTable } from "./utility.js";
export {
  type BesideOptions,
  flipMatrices,
  itemsBeside,
  type ItemsBeside,
  type MatrixOptions,
  type View,
} from "./side-by-side/index.js";
export { queryStudy, type QueryOptions, saveParquet, SQL_TABLES } from "./sql/index.js";
export { variantsTable } from "./variants.js";
export { type WeightedVariant, weightsTable } from "./weights.js";

/**
 * The library, in the order of the work: load, compress, ask, score, compare, tabulate, plot. Whatever a magic does, a script
 * can do through these names. TensorFlow, Arquero and Vega are loaded by the first call that needs them.
 */
export { InputError, InterruptedError } from "./core/errors.js";
export { lookup, unknownName } from "./core/lookup.js";
export { finish, type Progress, type Task } from "./core/progress.js";
export { createRandom, type Random } from "./core/random.js";
export { fingerprint, type Plain } from "./core/fingerprint.js";
export { cached, cachedEntry, cacheFolder, fileDigest } from "./formats/cache.js";
export { dataPath } from "./formats/data-folder.js";
export { fetchHubModel, type HubOptions, parseHubId } from "./formats/hub/index.js";
export { type PlainText, readText } from "./formats/plain-text.js";
export { type Backend, type BackendName, BACKENDS, resolveBackend } from "./tensor/backend.js";
export { loadTensorFlow } from "./tensor/tensorflow.js";
export { cutAtStop, type NamedTemplate, namedTemplate, publishedTemplates } from "./text/index.js";
export type { ChatTemplate, Message, Tokenizer } from "./text/index.js";

export {
  type KnownModel,
  knownModelPath,
  knownModels,
  loadModel,
  type Model,
  type ModelConfig,
  type Weights,
} from "./model/index.js";

export {
  auditCalibration,
  CALIBRATION_DEFAULTS,
  CALIBRATION_NAMES,
  type CalibrationAudit,
  type CalibrationSet,
  type CompleteCalibration,
  completeCalibration,
  compress,
  denseVariant,
  exportFormatNamed,
  exportFormats,
  type ExportOptions,
  type ExportReport,
  exportVariant,
  type Floats,
  graveWarnings,
  type LayerReport,
  loadCalibration,
  methods,
  type OwnPruner,
  type OwnQuantizer,
  partVariant,
  planRecipe,
  type Recipe,
  registerPruner,
  registerQuantizer,
  type SweepRequest,
  sweepRecipes,
  type Variant,
  type VariantSummary,
} from "./compression/index.js";

export { checkPrecision, Engine, type Request, type Responder, type Response } from "./inference/index.js";

export {
  aggregate,
  balancedSubset,
  type Dimension,
  dimensions,
  expectedMaximumToxicity,
  fetchOfficial,
  hubMmlu,
  type Item,
  type Judge,
  type JudgeKind,
  type JudgeOptions,
  judges,
  knownSuites,
  type Label,
  measures,
  officialSuite,
  openJudge,
  readSuite,
  type Score,
  type ScorerName,
  SCORERS,
  type State,
  type Suite,
  toxicityProbability,
  utilities,
} from "./trust/index.js";

export {
  type AuditPlan,
  auditPerplexity,
  checkConvention,
  copyStudy,
  conventionFor,
  type ConventionName,
  conventionNamed,
  CONVENTIONS,
  DEFAULT_CONVENTION,
  type Divergence,
  divergenceFigures,
  type DivergencePlan,
  evaluate,
  type Evaluation,
  type ItemRecord,
  joinedText,
  type Joining,
  JOININGS,
  measureDivergence,
  measurePerplexity,
  isStudy,
  openStudy,
  perplexity,
  planEvaluation,
  readManifest,
  rescore,
  type PerplexityAudit,
  type PerplexityConvention,
  type Study,
  type StudyManifest,
} from "./study/index.js";

export {
  askAttribution,
  type AskingMeans,
  type AttributionRequest,
  attributionCosts,
  attributions,
  comparisons,
  type Comparison,
  DEFAULT_MARGIN,
  designAttribution,
  type Drift,
  drift,
  type DriftPlan,
  planStudy,
  planWords,
  driftInterval,
  type FlipName,
  isEquivalent,
  recordedNames,
  repeatedNote,
  type Selection,
  type Verdict,
  verdictOf,
} from "./analysis/index.js";

export {
  askQuestion,
  bagOfTricks,
  checkClaims,
  CLAIMS,
  contradictions,
  PAPER_MEASURES,
  type PublishedModel,
  publishedModelName,
  questions,
  readPublished,
  type Trick,
} from "./paper/index.js";

export {
  answerTable,
  attributedAnswersTable,
  attributionPlanTable,
  attributionTable,
  attributionWords,
  auditTable,
  calibrationTable,
  changedItemsTable,
  claimsTable,
  type ColumnName,
  COLUMNS,
  escapeHtml,
  evaluationTexts,
  flipMatrices,
  flipsTable,
  itemsBeside,
  itemsTable,
  layersTable,
  mendedTable,
  modelCard,
  paperNote,
  paperTable,
  planTable,
  rateTable,
  rateWords,
  positionsTable,
  powerTable,
  queryStudy,
  saveParquet,
  scorersTable,
  SQL_TABLES,
  previewTable,
  scoresTable,
  seedRunsTable,
  seedsTable,
  slicesTable,
  suitesTable,
  suiteTable,
  tableHtml,
  tableText,
  type UtilityRecords,
  utilityTable,
  variantsTable,
  verdictsTable,
  weightsTable,
} from "./tables/index.js";

export { drawPlot, type Drawn, plots, renderSvg } from "./plots/index.js";

export { makeReport, type Report, type ReportOptions, writeReport } from "./report/index.js";

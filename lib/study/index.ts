export { ask, type AskedRecords, type AskedVariant, type Asking, type ResponderFor, unanswered } from "./ask.js";
export { askedAgain, type OpenAsking } from "./asked-again.js";
export {
  type AttributedPair,
  type AttributionRun,
  type AttributionStore,
  hasAttribution,
  openAttribution,
  withAttribution,
} from "./attribution-store.js";
export { copyStudy } from "./copy.js";
export { recordKey } from "./identity.js";
export { checkOneJudge, labelled, latest } from "./labelled.js";
export type { ManifestChange, StudyManifest } from "./manifest.js";
export {
  checkConvention,
  conventionFor,
  type ConventionName,
  conventionName,
  conventionNamed,
  CONVENTIONS,
  DEFAULT_CONVENTION,
  type Joining,
  JOININGS,
  type NamedConvention,
  type PerplexityConvention,
} from "./likelihood/convention.js";
export {
  type AuditedConvention,
  type AuditPlan,
  auditPerplexity,
  PERPLEXITY_AUDIT,
  type PerplexityAudit,
} from "./likelihood/audit.js";
export { DIVERGENCE, type DivergencePlan, measureDivergence } from "./likelihood/divergence.js";
export { type Divergence, divergenceFigures, type Figure } from "./likelihood/divergence-figures.js";
export { type TokenDivergence, tokenDivergences } from "./likelihood/distributions.js";
export { joinedText } from "./likelihood/joined-text.js";
export {
  measurePerplexity,
  PERPLEXITY,
  type Perplexity,
  perplexity,
  type PerplexityMeasurement,
  type PerplexityRatio,
  perplexityRatio,
} from "./perplexity.js";
export type { ItemRecord } from "./record.js";
export {
  type CodedTexts,
  labelField,
  numbersOf,
  type RecordColumns,
  sliceField,
  sliceNames,
  textsOf,
  wholesOf,
} from "./record-index/columns.js";
export { recordTexts, type RecordTexts } from "./record-index/texts.js";
export { readManifest } from "./manifest.js";
export { isStudy, openStudy, type Study } from "./record-store.js";
export { type EvaluationPlan, paceOf, planEvaluation } from "./plan.js";
export { rescore, type Rescored, type Rescoring } from "./rescore.js";
export { evaluate, type Evaluated, type Evaluation, manifestModels, manifestVariants } from "./run.js";

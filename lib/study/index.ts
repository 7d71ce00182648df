export { type AskedRecords, type AskedVariant, type ResponderFor } from "./ask.js";
export { type Drift, drift } from "./drift.js";
export { type FlipCell, flipMatrix, flipName, type FlipName, STATES } from "./flips.js";
export { recordKey } from "./identity.js";
export { checkOneJudge, labelled, latest } from "./labelled.js";
export type { ManifestChange, StudyManifest } from "./manifest.js";
export { pairById, type Pairing } from "./pairing.js";
export {
  conventionName,
  measurePerplexity,
  PERPLEXITY,
  type Perplexity,
  perplexity,
  type PerplexityMeasurement,
  type PerplexityRatio,
  perplexityRatio,
} from "./perplexity.js";
export type { ItemRecord } from "./record.js";
export { isStudy, openStudy, type Study } from "./record-store.js";
export { type EvaluationPlan, planEvaluation } from "./plan.js";
export { rescore, type Rescored, type Rescoring } from "./rescore.js";
export { evaluate, type Evaluated, type Evaluation } from "./run.js";

export {
  type AnsweringMeans,
  askAttribution,
  type AskingMeans,
  type AttributedAnswer,
  type AttributedPart,
  type Attribution,
  type AttributionCost,
  attributionCosts,
  type AttributionDesign,
  type AttributionOutcome,
  type AttributionRequest,
  attributions,
  type AttributionSelection,
  designAttribution,
  type PartEffect,
} from "./attribution/index.js";
export {
  BY_SEVERITY,
  type Change,
  type LabelledRecord,
  mostSeriousFirst,
  type VariantChanges,
  variantChanges,
} from "./changes.js";
export { type Comparison, comparisons } from "./comparisons.js";
export { type Drift, drift, driftInterval } from "./drift.js";
export { DEFAULT_MARGIN, type Margin, settleMargin } from "./margin.js";
export { pairById, type Pairing } from "./pairing.js";
export { planCurve, type PlannedSize, type PlanOptions } from "./planner.js";
export { familiesOf, type Family } from "./families.js";
export { type FlipCell, flipMatrix, flipName, type FlipName, type ItemStates, STATES } from "./flips.js";
export { type NoiseFloor, noiseFloor } from "./noise-floor.js";
export {
  type Candidate,
  type CandidateCell,
  isThin,
  type MonotoneFit,
  type OptimalRate,
  optimalRate,
  placeName,
  type RateChoice,
  type RateOptions,
} from "./optimal-rate.js";
export { componentName, meanOverSeeds, type SeedRun, type SeedVariance, seedVariance } from "./seed-variance.js";
export {
  chosenRecords,
  type ChosenRows,
  chosenRows,
  chosenVariants,
  denseOf,
  type KnownVariant,
  recordedNames,
  repeatedNote,
  repeatedRecords,
  type Selection,
} from "./selection.js";
export { type DriftPlan, planStudy, type StudyPlanOptions, planWords } from "./study-plan.js";
export {
  familyName,
  type FamilyVerdict,
  familyVerdicts,
  isEquivalent,
  type Verdict,
  verdictOf,
  type VerdictRule,
} from "./verdict.js";

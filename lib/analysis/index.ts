export { type Comparison, comparisons } from "./comparisons.js";
export { type Drift, drift, driftInterval } from "./drift.js";
export { type FlipCell, flipMatrix, flipName, type FlipName, STATES } from "./flips.js";
export { DEFAULT_MARGIN, type Margin, settleMargin } from "./margin.js";
export { pairById, type Pairing } from "./pairing.js";
export { planCurve, type PlannedSize, type PlanOptions } from "./planner.js";
export { chosenRecords, chosenVariants, denseOf, type KnownVariant, type Selection } from "./selection.js";
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

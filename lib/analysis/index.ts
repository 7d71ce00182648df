export { type Comparison, comparisons } from "./comparisons.js";
export { type Drift, drift } from "./drift.js";
export { familiesOf, type Family } from "./families.js";
export { type FlipCell, flipMatrix, flipName, type FlipName, type ItemStates, STATES } from "./flips.js";
export { type NoiseFloor, noiseFloor } from "./noise-floor.js";
export {
  type Candidate,
  type CandidateCell,
  DEFAULT_MARGIN,
  type MonotoneFit,
  type OptimalRate,
  optimalRate,
  placeName,
  type RateChoice,
  type RateOptions,
} from "./optimal-rate.js";
export { pairById, type Pairing } from "./pairing.js";
export { componentName, meanOverSeeds, type SeedRun, type SeedVariance, seedVariance } from "./seed-variance.js";
export { chosenRecords, chosenVariants, denseOf, type KnownVariant, type Selection } from "./selection.js";

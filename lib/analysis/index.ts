export { type Comparison, comparisons } from "./comparisons.js";
export { type Drift, drift } from "./drift.js";
export { type FlipCell, flipMatrix, flipName, type FlipName, STATES } from "./flips.js";
export { pairById, type Pairing } from "./pairing.js";
export {
  chosenRecords,
  type ChosenRows,
  chosenRows,
  chosenVariants,
  denseOf,
  type KnownVariant,
  type Selection,
} from "./selection.js";

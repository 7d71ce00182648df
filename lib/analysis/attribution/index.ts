export { type Attribution, type AttributedAnswer, attributions, type AttributionSelection } from "./attributions.js";
export { type AskingMeans, type AttributionDesign, designAttribution } from "./design.js";
export type { AttributedPart, AttributionOutcome, PartEffect } from "./outcome.js";
export { type AttributionCost, attributionCosts } from "./plan.js";
export { type AnsweringMeans, askAttribution } from "./run.js";
export type { AttributionRequest } from "./sample.js";

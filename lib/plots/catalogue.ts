/** THE LIST of plots: one line each, under its name. */
export { activations } from "./activations.js";
export { attribution } from "./attribution.js";
export { claims } from "./claims.js";
export { drift } from "./drift.js";
export { flips } from "./flips.js";
export { frontier } from "./frontier.js";
export { layers } from "./layers.js";
export { paper } from "./paper.js";
export { perplexity } from "./perplexity.js";
export { positions } from "./positions.js";
export { rate } from "./rate.js";
export { refusals } from "./refusals.js";
export { scores } from "./scores.js";
export { seeds } from "./seeds.js";
export { slices } from "./slices.js";
export { weights } from "./weights.js";

/** THE LIST of the study's questions: one line each. */
export { collapse } from "./collapse.js";
export { methods } from "./methods.js";
export { moderate } from "./moderate.js";
export { pruning } from "./pruning.js";
export { refusals } from "./refusals.js";
export { seeds } from "./seeds.js";
export { sizes } from "./sizes.js";
export { tricks } from "./tricks.js";

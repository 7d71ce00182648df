/** THE LIST of trust dimensions: one line each, under its name. */
export { fairness } from "./fairness.js";
export { privacy } from "./privacy.js";
export { stereotype } from "./stereotype.js";

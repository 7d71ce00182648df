/** THE LIST of trust dimensions: one line each, under its name. */
export { stereotype } from "./stereotype.js";
export { toxicity } from "./toxicity.js";

/** THE LIST of trust dimensions: one line each, under its name. */
export { ethics } from "./ethics.js";
export { stereotype } from "./stereotype.js";

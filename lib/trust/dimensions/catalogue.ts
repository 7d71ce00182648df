/** THE LIST of trust dimensions: one line each, under its name. */
export { custom } from "./custom.js";
export { stereotype } from "./stereotype.js";

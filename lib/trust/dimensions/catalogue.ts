/** THE LIST of trust dimensions: one line each, under its name. */
export { icl } from "./icl.js";
export { ood } from "./ood.js";
export { stereotype } from "./stereotype.js";

/** THE LIST of trust dimensions: one line each, under its name. */
export { adversarial } from "./adversarial.js";
export { ethics } from "./ethics.js";
export { stereotype } from "./stereotype.js";

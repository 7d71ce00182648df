/** THE LIST of trust dimensions: one line each, under its name. */
export { custom } from "./custom.js";
export { icl } from "./icl.js";
export { ood } from "./ood.js";
export { fairness } from "./fairness.js";
export { privacy } from "./privacy.js";
export { adversarial } from "./adversarial.js";
export { ethics } from "./ethics.js";
export { stereotype } from "./stereotype.js";
export { toxicity } from "./toxicity.js";

/** THE LIST of perspectives that `parity:trust` compares: one line each. */
export { adv_demonstration } from "./adv-demonstration.js";
export { ood } from "./ood.js";
export { fairness } from "./fairness.js";
export { privacy } from "./privacy.js";
export { advglue } from "./advglue.js";
export { ethics } from "./ethics.js";
export { stereotype } from "./stereotype.js";
export { toxicity } from "./toxicity.js";
export { mmlu } from "./mmlu.js";

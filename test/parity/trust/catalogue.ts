/** THE LIST of perspectives that `parity:trust` compares: one line each. */
export { fairness } from "./fairness.js";
export { privacy } from "./privacy.js";
export { stereotype } from "./stereotype.js";

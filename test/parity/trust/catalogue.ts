/** THE LIST of perspectives that `parity:trust` compares: one line each. */
export { fairness } from "./fairness.js";
export { stereotype } from "./stereotype.js";

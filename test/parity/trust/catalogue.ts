/** THE LIST of perspectives that `parity:trust` compares: one line each. */
export { stereotype } from "./stereotype.js";
export { mmlu } from "./mmlu.js";

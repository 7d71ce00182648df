/** THE LIST of perspectives that `parity:trust` compares: one line each. */
export { ethics } from "./ethics.js";
export { stereotype } from "./stereotype.js";

/** THE LIST of perspectives that `parity:trust` compares: one line each. */
export { advglue } from "./advglue.js";
export { ethics } from "./ethics.js";
export { stereotype } from "./stereotype.js";

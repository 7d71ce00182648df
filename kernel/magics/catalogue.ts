/** THE LIST of magics: one line each. */
export { help } from "./help.js";
export { lsmagic } from "./lsmagic.js";

/** THE LIST of judges: one line each, under its name; the first is the default. */
export { lexicon } from "./lexicon.js";
export { classifier } from "./classifier.js";
export { perspective } from "./perspective.js";

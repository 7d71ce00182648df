/** THE LIST of utility measures that are asked in prompts: one line each, under its name. */
export { mmlu } from "./mmlu.js";

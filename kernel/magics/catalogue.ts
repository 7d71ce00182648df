/** THE LIST of magics: one line each. */
export { compare } from "./compare.js";
export { compress } from "./compress.js";
export { data } from "./data.js";
export { help } from "./help.js";
export { lsmagic } from "./lsmagic.js";
export { model } from "./model.js";
export { plot } from "./plot.js";
export { results } from "./results.js";
export { trust } from "./trust.js";
export { utility } from "./utility.js";

export * as plots from "./catalogue.js";
export { drawPlot, type Drawn } from "./draw.js";
export type { Plot, PlotOptions } from "./plot.js";
export { renderSvg } from "./render.js";

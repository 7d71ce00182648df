export { exportFormatNamed, exportFormats, exportVariant } from "./export-variant.js";
export type { ExportOptions, ExportReport } from "./export-variant.js";
export type { ExportFormat, Floats } from "./export-format.js";

import type { KnownVariant } from "../analysis/index.js";

/** The variant's columns that tables share. */
export const variantCells = ({ title, summary }: Pick<KnownVariant, "title" | "summary">) => ({
  variant: title,
  method: summary.method,
  bits: summary.bits,
  pattern: summary.pattern,
  groupSize: summary.group === null ? null : String(summary.group),
  sparsity: summary.sparsity,
  rate: summary.rate,
  bitsPerWeight: summary.bitsPerWeight,
  sizeMB: summary.storedBytes / 1e6,
});

import type { ColumnTable } from "arquero";

import type { LayerReport, Variant } from "../compression/index.js";
import type { ColumnName } from "./columns.js";
import { makeTable, type Row } from "./make.js";
import { variantCells } from "./variant-cells.js";

const NAMES: readonly ColumnName[] = [
  ...(["variant", "method", "bits", "pattern", "groupSize", "block", "matrix"] as const),
  ...(["relativeError", "outputError", "sparsity", "bitsPerWeight", "sizeMB", "notes"] as const),
];

/** What a table of layers needs of a variant. */
export type ReportedVariant = Pick<Variant, "title" | "summary" | "layers">;

/** `%results --rows layers`: one row a linear layer and compressed variant: its errors, zeros, effective bits and size; dense has none. */
export async function layersTable(variants: readonly ReportedVariant[]): Promise<ColumnTable> {
  return makeTable(
    NAMES,
    variants.flatMap((variant) => variant.layers.map((layer) => rowOf(variant, layer))),
  );
}

function rowOf(variant: ReportedVariant, layer: LayerReport): Row {
  const { site, relativeError, outputError, sparsity, bitsPerWeight, storedBytes, notes } = layer;
  const [, block, matrix] = /^blocks\.(\d+)\.(.+)$/.exec(site) ?? [];
  if (block === undefined) throw new Error(`${site} is no layer of a block`);
  return {
    ...variantCells(variant),
    ...{ block: Number(block), matrix, relativeError, outputError, sparsity, bitsPerWeight, sizeMB: storedBytes / 1e6 },
    notes: notes.length > 0 ? notes.join("; ") : null,
  };
}

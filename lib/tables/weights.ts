import type { ColumnTable } from "arquero";

import type { Variant } from "../compression/index.js";
import { InputError, throwIfInterrupted } from "../core/errors.js";
import { breathe } from "../core/progress.js";
import { allSites } from "../model/linear-sites.js";
import type { ColumnName } from "./columns.js";
import { makeTable, type Row } from "./make.js";
import { variantCells } from "./variant-cells.js";

const NAMES: readonly ColumnName[] = [
  ...(["variant", "method", "bits", "pattern", "groupSize", "weightFrom", "weightTo", "share", "denseShare"] as const),
  ...(["zeros", "denseZeros", "beyond", "denseBeyond", "weights"] as const),
];

/** Bins reach this far to both sides, in root mean squares of the dense matrix. */
const REACH = 4;
const BINS_A_UNIT = 10;
const BINS = 2 * REACH * BINS_A_UNIT;

/** What a table of weights needs of a variant. */
export type WeightedVariant = Pick<Variant, "title" | "summary" | "weights" | "model">;

/**
 * `%results --rows weights`: how the weights of all linear layers are distributed, one row a bin and compressed variant, beside the dense
 * ones. A weight is counted in units of the root mean square of its dense matrix, so that matrices can be pooled; zeros are in no
 * bin. Weights are as the variant holds them: AWQ's with their scales. Reads the model once, matrix by matrix.
 * @throws InputError if the variants are of different models
 * @throws InterruptedError between two matrices
 */
export async function weightsTable(
  variants: readonly WeightedVariant[],
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<ColumnTable> {
  const compressed = variants.filter(({ summary }) => summary.method !== "dense");
  if (compressed.length === 0) return makeTable(NAMES, []);
  const model = commonModel(compressed);
  const dense = emptyHistogram();
  const counted = compressed.map((variant) => ({ variant, histogram: emptyHistogram() }));
  for (const site of allSites(model.config.blocks)) {
    throwIfInterrupted(signal);
    const before = await model.weights.read(site);
    const scale = BINS_A_UNIT / rootMeanSquare(before);
    countInto(dense, before, scale);
    for (const { variant, histogram } of counted) countInto(histogram, await variant.weights.read(site), scale);
    await breathe();
  }
  return makeTable(
    NAMES,
    counted.flatMap(({ variant, histogram }) => rowsOf(variant, histogram, dense)),
  );
}

/** The model that all are made from. @throws InputError where they are of several */
export function commonModel(variants: readonly Pick<Variant, "model">[]): WeightedVariant["model"] {
  const [{ model }] = variants;
  const other = variants.find((variant) => variant.model.digest !== model.digest);
  if (other === undefined) return model;
  const found = `variants of ${model.title} and of ${other.model.title}`;
  throw new InputError({ where: "a table of variants at hand", found, expected: "variants of one model" });
}

interface Histogram {
  readonly bins: Float64Array;
  zeros: number;
  /** Weights outside of all bins. */
  beyond: number;
  total: number;
}

const emptyHistogram = (): Histogram => ({ bins: new Float64Array(BINS), zeros: 0, beyond: 0, total: 0 });

/** @param scale bins a unit of weight */
function countInto(histogram: Histogram, values: Float32Array, scale: number): void {
  const { bins } = histogram;
  let zeros = 0;
  let beyond = 0;
  for (let i = 0; i < values.length; i++) {
    const bin = Math.floor(values[i] * scale + BINS / 2);
    if (values[i] === 0) zeros++;
    else if (bin >= 0 && bin < BINS) bins[bin]++;
    else beyond++;
  }
  histogram.zeros += zeros;
  histogram.beyond += beyond;
  histogram.total += values.length;
}

/** Sum in float64; 1 for a matrix of zeros, which has no unit. */
function rootMeanSquare(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return sum === 0 ? 1 : Math.sqrt(sum / values.length);
}

function rowsOf(variant: WeightedVariant, { bins, zeros, beyond, total }: Histogram, dense: Histogram): Row[] {
  const shared = {
    ...variantCells(variant),
    ...{ zeros: zeros / total, denseZeros: dense.zeros / dense.total },
    ...{ beyond: beyond / total, denseBeyond: dense.beyond / dense.total, weights: total },
  };
  return Array.from(bins, (count, bin) => ({
    ...shared,
    ...{ weightFrom: (bin - BINS / 2) / BINS_A_UNIT, weightTo: (bin + 1 - BINS / 2) / BINS_A_UNIT },
    ...{ share: count / total, denseShare: dense.bins[bin] / dense.total },
  }));
}

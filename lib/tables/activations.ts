import type { ColumnTable } from "arquero";

import {
  CALIBRATION_DEFAULTS,
  completeCalibration,
  denseVariant,
  type InputNorms,
  inputNorms,
  loadCalibration,
  type Variant,
} from "../compression/index.js";
import { finish } from "../core/progress.js";
import { quantile } from "../statistics/index.js";
import type { ColumnName } from "./columns.js";
import { makeTable, type Row } from "./make.js";
import { variantCells } from "./variant-cells.js";
import { commonModel } from "./weights.js";

const NAMES: readonly ColumnName[] = [
  ...(["variant", "method", "bits", "pattern", "block", "inputOf", "channels", "inputMedian", "inputHigh", "inputMost"] as const),
  ...(["mostChannel", "outlierChannels", "calibration", "tokens"] as const),
];

/** A channel is an outlier where its root mean square is so many times the median channel's of the same input. */
export const OUTLIER = 6;

/**
 * How large the inputs of the linear layers are, by channel: a row a variant, block and input, the dense model first. Each variant runs
 * over the calibration set `mini` (32 x 256 tokens) with its own weights.
 * @throws InputError if the variants are of different models; InterruptedError between two chunks
 */
export async function activationsTable(
  variants: readonly Variant[],
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<ColumnTable> {
  const compressed = variants.filter(({ summary }) => summary.method !== "dense");
  if (compressed.length === 0) return makeTable(NAMES, []);
  commonModel(compressed);
  const [{ model }] = compressed;
  const settings = completeCalibration("activations", CALIBRATION_DEFAULTS, model.config);
  const set = await finish(loadCalibration(model, settings, signal));
  const rows: Row[] = [];
  for (const variant of [denseVariant(model), ...compressed]) {
    for (const norms of await finish(inputNorms(variant, set, { signal }))) {
      rows.push({ ...variantCells(variant), ...cellsOf(norms), calibration: set.name, tokens: set.tokens.length });
    }
  }
  return makeTable(NAMES, rows);
}

function cellsOf({ block, layers, norms }: InputNorms): Row {
  const sorted = [...norms].sort((a, b) => a - b);
  const median = quantile(sorted, 0.5);
  const most = sorted[sorted.length - 1];
  return {
    ...{ block, inputOf: layers, channels: norms.length },
    ...{ inputMedian: median, inputHigh: quantile(sorted, 0.99), inputMost: most, mostChannel: norms.indexOf(most) },
    outlierChannels: sorted.filter((norm) => norm > OUTLIER * median).length,
  };
}

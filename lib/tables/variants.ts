import type { ColumnTable } from "arquero";

import { chosenRecords, chosenVariants, denseOf, type KnownVariant, type Selection } from "../analysis/index.js";
import { createRandom } from "../core/random.js";
import {
  conventionName,
  DEFAULT_CONVENTION,
  type ItemRecord,
  perplexity,
  PERPLEXITY,
  perplexityRatio,
  type Study,
} from "../study/index.js";
import type { ColumnName } from "./columns.js";
import { makeTable, type Row } from "./make.js";
import { variantCells } from "./variant-cells.js";

const NAMES: readonly ColumnName[] = [
  ...([
    "variant",
    "method",
    "bits",
    "pattern",
    "groupSize",
    "rate",
    "bitsPerWeight",
    "sizeMB",
    "sparsity",
    "relativeError",
  ] as const),
  ...(["perplexity", "perplexityLow", "perplexityHigh", "perplexityRatio", "ratioLow", "ratioHigh", "scored"] as const),
  ...(["calibration", "calibrationSeed", "seconds", "peakMB", "convention"] as const),
];

/** `%compress`: one row a variant: what was done, size, reconstruction error, and perplexity where it was measured. */
export async function variantsTable(study: Study, selection: Selection = {}): Promise<ColumnTable> {
  const random = createRandom(selection.seed ?? 0).fork("perplexity");
  const ofText = (records: readonly ItemRecord[]): ItemRecord[] => lastText(records);
  const wanted = { ...selection, dimensions: [PERPLEXITY] };
  const rows: Row[] = [];
  for (const variant of chosenVariants(study, selection)) {
    const records = ofText(await chosenRecords(study, variant.id, wanted));
    const measured = perplexity(records, random.fork(variant.id));
    const dense = denseOf(study, variant);
    const base = dense === undefined || dense.id === variant.id ? [] : await chosenRecords(study, dense.id, wanted);
    const ratio = perplexityRatio({ base, other: records }, random.fork(`${variant.id} ratio`));
    rows.push({
      ...variantCells(variant),
      ...{ relativeError: variant.summary.relativeError, seconds: variant.summary.seconds },
      ...{ peakMB: variant.summary.peakBytes === null ? null : variant.summary.peakBytes / 1e6 },
      ...calibrationCells(variant),
      ...(measured === null ? {} : { perplexity: measured.value, perplexityLow: measured.low, perplexityHigh: measured.high }),
      ...(measured === null ? {} : { scored: measured.tokens, convention: measured.convention }),
      ...(ratio === null ? {} : { perplexityRatio: ratio.value, ratioLow: ratio.low, ratioHigh: ratio.high }),
    });
  }
  return makeTable(NAMES, rows);
}

/** The calibration set and its seed, of methods that have one. */
function calibrationCells({ recipe: { settings } }: KnownVariant): Row {
  const { calibration, seed } = settings;
  return {
    calibration: typeof calibration === "string" ? calibration : null,
    calibrationSeed: typeof seed === "number" ? seed : null,
  };
}

/** The records of the text that was measured last, under our convention where there is one: `%utility` may have asked for others. */
function lastText(records: readonly ItemRecord[]): ItemRecord[] {
  const last = records.findLast(({ task }) => task === conventionName(DEFAULT_CONVENTION)) ?? records.at(-1);
  return records.filter(({ suite, task }) => suite === last?.suite && task === last.task);
}

import type { ColumnTable } from "arquero";

import { chosenRecords, chosenVariants, denseOf, type Selection } from "../analysis/index.js";
import { InputError } from "../core/errors.js";
import { createRandom } from "../core/random.js";
import { type ItemRecord, perplexity, PERPLEXITY, perplexityRatio, type Study } from "../study/index.js";
import type { ColumnName } from "./columns.js";
import { makeTable, type Row } from "./make.js";
import { variantCells } from "./variant-cells.js";

const NAMES: readonly ColumnName[] = [
  ...(["variant", "method", "bits", "pattern", "positionFrom", "positionTo"] as const),
  ...([
    "perplexity",
    "perplexityLow",
    "perplexityHigh",
    "perplexityRatio",
    "ratioLow",
    "ratioHigh",
    "scored",
    "clusters",
  ] as const),
  ...(["suite", "convention"] as const),
];

/** Windows side by side, of which every token but the first is counted: only of these a record tells where a token stands. */
const COUNTED_WHOLE = /\/window-\d+-of-\d+$/;

/**
 * Perplexity by the number of tokens that stand before in the window, in bins that double (1, 2–3, 4–7, …): a row a variant and
 * bin, with 95 % intervals from whole windows, and the ratio to dense, paired by window. Of several texts the last one measured.
 * @throws InputError without perplexity under the convention of windows side by side
 */
export async function positionsTable(study: Study, selection: Selection = {}): Promise<ColumnTable> {
  const random = createRandom(selection.seed ?? 0).fork("positions");
  const recordsOf = async (variant: string): Promise<ItemRecord[]> =>
    (await chosenRecords(study, variant, { ...selection, dimensions: [PERPLEXITY] })).filter(
      ({ item, logProbabilities }) => COUNTED_WHOLE.test(item) && logProbabilities !== null,
    );
  const rows: Row[] = [];
  let text: Pick<ItemRecord, "suite" | "task"> | undefined;
  for (const variant of chosenVariants(study, selection)) {
    const all = await recordsOf(variant.id);
    text ??= all.at(-1);
    const isText = ({ suite, task }: ItemRecord): boolean => suite === text?.suite && task === text.task;
    const own = all.filter(isText);
    const dense = denseOf(study, variant);
    const base = dense === undefined || dense.id === variant.id ? [] : (await recordsOf(dense.id)).filter(isText);
    for (const [from, to] of binsOf(own)) {
      const name = random.fork(`${variant.id} ${from}`);
      const found = perplexity(cut(own, from, to), name);
      if (found === null) continue;
      const ratio = perplexityRatio({ base: cut(base, from, to), other: cut(own, from, to) }, name.fork("ratio"));
      rows.push({
        ...variantCells(variant),
        ...{ positionFrom: from, positionTo: to, suite: own[0].suite, convention: found.convention },
        ...{ perplexity: found.value, perplexityLow: found.low, perplexityHigh: found.high },
        ...{ scored: found.tokens, clusters: found.windows },
        ...(ratio === null ? {} : { perplexityRatio: ratio.value, ratioLow: ratio.low, ratioHigh: ratio.high }),
      });
    }
  }
  if (rows.length > 0) return makeTable(NAMES, rows);
  throw new InputError({
    where: "perplexity by position",
    found: "no perplexity of windows side by side",
    expected: "records that tell where a token stands in its window",
    remedy: "measure it first: %compress and %utility perplexity do so under the convention blocks",
  });
}

/** Doubling bins of the tokens before a counted one, the last as long as the longest window. */
function binsOf(records: readonly ItemRecord[]): [number, number][] {
  const longest = Math.max(0, ...records.map(({ logProbabilities }) => logProbabilities?.length ?? 0));
  const bins: [number, number][] = [];
  for (let from = 1; from <= longest; from *= 2) bins.push([from, Math.min(longest, 2 * from - 1)]);
  return bins;
}

/** The records with the log-probabilities of these positions only; the first counted token has one token before it. */
const cut = (records: readonly ItemRecord[], from: number, to: number): ItemRecord[] =>
  records.flatMap((record) => {
    const logProbabilities = record.logProbabilities?.slice(from - 1, to) ?? [];
    return logProbabilities.length === 0 ? [] : [{ ...record, logProbabilities }];
  });

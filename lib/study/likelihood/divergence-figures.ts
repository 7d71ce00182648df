import type { Random } from "../../core/random.js";
import { clusterBootstrap, type Interval } from "../../statistics/index.js";
import type { ItemRecord } from "../record.js";

/** A figure with its 95 % interval. */
export interface Figure extends Interval {
  readonly value: number;
}

/** How far a variant's next-token distributions are from the base's, on one text under one convention. */
export interface Divergence {
  /** Perplexity over the base's, on the same tokens. */
  readonly ratio: Figure;
  /** Kullback–Leibler divergence from the base, in nats a token. */
  readonly kl: Figure;
  readonly kl50: Figure;
  readonly kl90: Figure;
  readonly kl99: Figure;
  /** The largest; a maximum has no bootstrap interval. */
  readonly klMax: number;
  /** Share of tokens before which both put the same token first. */
  readonly sameTop: Figure;
  /** Root mean square of q − p, the probability of the token that the text has. */
  readonly rmsProbability: Figure;
  readonly tokens: number;
  readonly windows: number;
  readonly fewClusters: boolean;
  readonly convention: string;
}

/** What a window adds up to. */
interface WindowSums {
  readonly index: number;
  readonly tokens: number;
  readonly nats: number;
  readonly kl: number;
  readonly same: number;
  readonly squares: number;
}

/**
 * Figures over all counted tokens, with intervals from whole windows, as tokens of one window move together: llama.cpp's own ±
 * take tokens as independent and are narrower. Quantiles interpolate between order statistics.
 * @param records of one variant, text and base   @returns null without records that hold the figures
 */
export function divergenceFigures(records: readonly ItemRecord[], random: Random): Divergence | null {
  const windows = records.flatMap(({ figures, logProbabilities }) =>
    figures === undefined || logProbabilities === null || logProbabilities.length === 0
      ? []
      : [{ ...figures, other: logProbabilities }],
  );
  if (windows.length === 0) return null;
  if (records.some(({ task }) => task !== records[0].task)) throw new Error("divergences of two conventions are none");
  const sums = windows.map(sumsOf);
  const sorted = windows.flatMap(({ kl }, window) => kl.map((value) => ({ value, window }))).sort((a, b) => a.value - b.value);
  const clusters = sums.map((member) => ({ stratum: "", members: [member] }));
  const total = (sample: readonly WindowSums[], part: Exclude<keyof WindowSums, "index">): number =>
    sample.reduce((sum, window) => sum + window[part], 0);
  const figure = (
    name: string,
    range: Interval,
    of: (sample: readonly WindowSums[]) => number,
  ): Figure & { fewClusters: boolean } => {
    const {
      low = NaN,
      high = NaN,
      fewClusters = true,
    } = clusterBootstrap(clusters, of, { random: random.fork(name), range }) ?? {};
    return { value: of(sums), low, high, fewClusters };
  };
  const mean = (part: Exclude<keyof WindowSums, "index">) => (sample: readonly WindowSums[]) =>
    total(sample, part) / total(sample, "tokens");
  const upward = { low: 0, high: Infinity };
  const quantile = (p: number): Figure =>
    plain(figure(`kl ${p}`, upward, (sample) => weightedQuantile(sorted, countsOf(sample, sums.length), p)));
  const logRatio = figure("ratio", { low: -Infinity, high: Infinity }, mean("nats"));
  return {
    ratio: { value: Math.exp(logRatio.value), low: Math.exp(logRatio.low), high: Math.exp(logRatio.high) },
    kl: plain(figure("kl", upward, mean("kl"))),
    kl50: quantile(0.5),
    kl90: quantile(0.9),
    kl99: quantile(0.99),
    klMax: sorted[sorted.length - 1].value,
    sameTop: plain(figure("same top", { low: 0, high: 1 }, mean("same"))),
    rmsProbability: plain(figure("probability", { low: 0, high: 1 }, (sample) => Math.sqrt(mean("squares")(sample)))),
    tokens: total(sums, "tokens"),
    windows: sums.length,
    fewClusters: logRatio.fewClusters,
    convention: records[0].task,
  };
}

const plain = ({ value, low, high }: Figure): Figure => ({ value, low, high });

function sumsOf(
  { kl, sameTop, base, other }: Required<ItemRecord>["figures"] & { readonly other: readonly number[] },
  index: number,
): WindowSums {
  const add = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
  const squares = add(base.map((p, i) => (Math.exp(other[i]) - Math.exp(p)) ** 2));
  return { index, tokens: kl.length, nats: add(base) - add(other), kl: add(kl), same: add(sameTop), squares };
}

/** How often each window is in a sample. */
function countsOf(sample: readonly WindowSums[], windows: number): Int32Array {
  const counts = new Int32Array(windows);
  for (const { index } of sample) counts[index]++;
  return counts;
}

/** The quantile of a sample of windows without sorting its tokens again. @param sorted ascending */
function weightedQuantile(
  sorted: readonly { readonly value: number; readonly window: number }[],
  counts: Int32Array,
  p: number,
): number {
  let size = 0;
  for (const { window } of sorted) size += counts[window];
  const place = p * (size - 1);
  const below = Math.floor(place);
  let [seen, lower] = [0, NaN];
  for (const { value, window } of sorted) {
    seen += counts[window];
    if (Number.isNaN(lower) && seen > below) lower = value;
    if (seen > below + 1 || seen === size) {
      if (!Number.isNaN(lower)) return lower + (place - below) * ((seen > below + 1 ? value : lower) - lower);
    }
  }
  return lower;
}

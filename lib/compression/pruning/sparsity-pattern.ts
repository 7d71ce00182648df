import { InputError } from "../../core/errors.js";
import type { ModelConfig } from "../../model/config.js";
import { inputWidths } from "../input-widths.js";

/** Which weights may go: any share of a layer, or all but `keep` of each `of` consecutive inputs. */
export type SparsityPattern =
  | { readonly kind: "unstructured"; /** share pruned, between 0 and 1 */ readonly ratio: number }
  | { readonly kind: "n:m"; readonly keep: number; readonly of: number };

const PERCENT = /^(\d{1,2}(?:\.\d{1,4})?)%$/;
const N_OF_M = /^(\d{1,3}):(\d{1,3})$/;
const LARGEST_M = 64;

/** @param text "50%" or "2:4", "4:8"   @throws InputError that says what a pattern looks like */
export function parsePattern(where: string, text: string): SparsityPattern {
  const percent = PERCENT.exec(text);
  if (percent !== null && Number(percent[1]) > 0) return { kind: "unstructured", ratio: Number(percent[1]) / 100 };
  const [keep, of] = N_OF_M.exec(text)?.slice(1).map(Number) ?? [0, 0];
  if (keep >= 1 && keep < of && of <= LARGEST_M) return { kind: "n:m", keep, of };
  throw new InputError({
    where: `${where}, pattern`,
    found: JSON.stringify(text.slice(0, 40)),
    expected: `a share pruned between 0% and 100% ("50%"), or n:m with n weights kept of each m up to ${LARGEST_M} ("2:4", "4:8")`,
  });
}

/** The one way to write a pattern: "50%", "2:4". */
export function formatPattern(pattern: SparsityPattern): string {
  return pattern.kind === "n:m" ? `${pattern.keep}:${pattern.of}` : `${Number((100 * pattern.ratio).toFixed(4))}%`;
}

/** Share of weights pruned, as asked for. */
export const nominalSparsity = (pattern: SparsityPattern): number =>
  pattern.kind === "n:m" ? 1 - pattern.keep / pattern.of : pattern.ratio;

/** @throws InputError if m doesn't divide the number of inputs of every linear layer */
export function checkPattern(where: string, pattern: SparsityPattern, config: ModelConfig): void {
  if (pattern.kind === "unstructured") return;
  const uneven = inputWidths(config).filter((width) => width % pattern.of !== 0);
  if (uneven.length === 0) return;
  const fitting = [2, 4, 8, 16].filter((m) => inputWidths(config).every((width) => width % m === 0));
  throw new InputError({
    where: `${where}, pattern ${formatPattern(pattern)}`,
    found: `layers of ${uneven.join(" and ")} inputs`,
    expected: `widths that ${pattern.of} divides`,
    remedy:
      fitting.length > 0 ? `take n:m with m one of ${fitting.join(", ")}, or a share such as 50%` : "take a share such as 50%",
  });
}

/**
 * The mask that keeps the weights with the highest scores.
 * Unstructured: all scores up to the one at position ⌊count · ratio⌋ of the sorted scores go, ties at it included.
 * n:m: the m − n lowest of each m consecutive inputs go, the first of equal ones first.
 * @param scores [rows · cols], not negative; m divides cols   @returns bits, set where a weight is kept (see MaskedMatrix)
 */
export function keepMask(scores: Float32Array, pattern: SparsityPattern): Uint8Array {
  const mask = new Uint8Array(Math.ceil(scores.length / 8));
  if (pattern.kind === "n:m") {
    for (let start = 0; start < scores.length; start += pattern.of) keepInGroup(mask, scores, { start, ...pattern });
    return mask;
  }
  const threshold = selectByRank(scores, Math.floor(scores.length * pattern.ratio));
  for (let i = 0; i < scores.length; i++) if (scores[i] > threshold) mask[i >> 3] |= 1 << (i & 7);
  return mask;
}

function keepInGroup(mask: Uint8Array, scores: Float32Array, group: { start: number; keep: number; of: number }): void {
  const end = group.start + group.of;
  for (let i = group.start; i < end; i++) {
    let below = 0; // weights of the group that go before this one
    for (let j = group.start; j < end; j++) if (scores[j] < scores[i] || (scores[j] === scores[i] && j < i)) below++;
    if (below >= group.of - group.keep) mask[i >> 3] |= 1 << (i & 7);
  }
}

/**
 * The value at position `rank` (from 0) of the sorted values, none of them negative: their bits sort as they do, so two
 * counts over 16 bits each find it without sorting.
 */
export function selectByRank(values: Float32Array, rank: number): number {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const high = new Uint32Array(65_536);
  for (let i = 0; i < bits.length; i++) high[bits[i] >>> 16]++;
  const upper = bucketOf(high, rank);
  const low = new Uint32Array(65_536);
  for (let i = 0; i < bits.length; i++) if (bits[i] >>> 16 === upper.bucket) low[bits[i] & 0xffff]++;
  const pattern = Uint32Array.of(upper.bucket * 65_536 + bucketOf(low, upper.rest).bucket);
  return new Float32Array(pattern.buffer)[0];
}

/** The bucket that holds the value of that rank, and its rank within. */
function bucketOf(counts: Uint32Array, rank: number): { bucket: number; rest: number } {
  let rest = rank;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    if (rest < counts[bucket]) return { bucket, rest };
    rest -= counts[bucket];
  }
  throw new Error(`no value of rank ${rank}`);
}

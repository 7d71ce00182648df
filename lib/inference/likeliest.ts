/** What limits a draw to the likeliest tokens. */
export interface Limits {
  readonly temperature: number;
  /** The k likeliest. */
  readonly topK?: number | undefined;
  /** Of them the fewest that hold this share of their probability. */
  readonly topP?: number | undefined;
}

const BUCKETS = 2048;

/**
 * The tokens that may be drawn, the likeliest first, the lower of equals before the higher. Holtzman et al. 2020. Only a sorted
 * upper part of the vocabulary is needed: buckets of equal width tell where it ends, and what is above is sorted.
 * @param logits [V]
 */
export function likeliest(logits: Float32Array, { temperature, topK = Infinity, topP = 1 }: Limits): number[] {
  if (topK < logits.length) {
    const first = sortedUpper(logits, () => 1, topK).slice(0, topK);
    return nucleus(first, { logits, temperature, enough: topP * weightOf(first, logits, temperature) });
  }
  if (topP === 1) return sorted(logits, logits.keys());
  const largest = largestOf(logits);
  const weight = (logit: number): number => Math.exp((logit - largest) / temperature);
  let total = 0;
  for (const logit of logits) total += weight(logit);
  const enough = topP * total;
  return nucleus(sortedUpper(logits, weight, enough * ROUNDING), { logits, temperature, enough });
}

/** Sums in another order differ by less. */
const ROUNDING = 1 + 1e-9;

interface Nucleus {
  readonly logits: Float32Array;
  readonly temperature: number;
  /** In units of the likeliest token's probability. */
  readonly enough: number;
}

/** The fewest of the first tokens that hold enough, at least one. */
function nucleus(order: readonly number[], { logits, temperature, enough }: Nucleus): number[] {
  let [held, count] = [0, 0];
  while (count < order.length && held < enough) held += Math.exp((logits[order[count++]] - logits[order[0]]) / temperature);
  return order.slice(0, Math.max(1, count));
}

const weightOf = (order: readonly number[], logits: Float32Array, temperature: number): number =>
  order.reduce((sum, token) => sum + Math.exp((logits[token] - logits[order[0]]) / temperature), 0);

/** The likeliest tokens in order, at least so many that their weights sum to `enough`, or all. */
function sortedUpper(logits: Float32Array, weight: (logit: number) => number, enough: number): number[] {
  const largest = largestOf(logits);
  let smallest = largest;
  for (const logit of logits) if (logit < smallest) smallest = logit;
  const scale = (BUCKETS - 1) / (largest - smallest);
  const bucket = (logit: number): number => ((largest - logit) * scale) | 0; // 0 where there is no finite range: all are sorted
  const held = new Float64Array(BUCKETS);
  for (const logit of logits) held[bucket(logit)] += weight(logit);
  let [last, sum] = [0, held[0]];
  while (last < BUCKETS - 1 && sum < enough) sum += held[++last];
  const upper: number[] = [];
  for (let token = 0; token < logits.length; token++) if (bucket(logits[token]) <= last) upper.push(token);
  return sorted(logits, upper);
}

/** Room for a token below a logit's bits in a number that is exact to 2⁵³. */
const MOST_TOKENS = 2 ** 21;
const SIGN = 0x8000_0000;

/** Tokens by their logits: as whole numbers that rise where logits fall, then tokens, sorted without a comparison in JavaScript. */
function sorted(logits: Float32Array, tokens: Iterable<number>): number[] {
  const bits = new Uint32Array(logits.buffer, logits.byteOffset, logits.length);
  const fall = (value: number): number => (value >= SIGN ? (value === SIGN ? SIGN - 1 : value) : SIGN - 1 - value);
  const keys = Float64Array.from(tokens, (token) => fall(bits[token]) * MOST_TOKENS + token).sort();
  return Array.from(keys, (key) => key % MOST_TOKENS);
}

function largestOf(logits: Float32Array): number {
  let largest = -Infinity;
  for (const logit of logits) if (logit > largest) largest = logit;
  return largest;
}

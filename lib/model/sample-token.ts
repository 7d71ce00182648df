import type { Random } from "../core/random.js";

/**
 * A token drawn from softmax(logits / temperature), one uniform number a token.
 * @param logits [V]  @param temperature above 0
 */
export function sampleToken(logits: Float32Array, temperature: number, random: Random): number {
  let largest = -Infinity;
  for (const logit of logits) if (logit > largest) largest = logit;
  const weights = new Float64Array(logits.length);
  let total = 0;
  for (let i = 0; i < logits.length; i++) total += weights[i] = Math.exp((logits[i] - largest) / temperature);
  let rest = random.uniform() * total;
  for (let i = 0; i < weights.length; i++) {
    rest -= weights[i];
    if (rest < 0) return i;
  }
  return weights.length - 1; // rounding left a sliver above the last
}

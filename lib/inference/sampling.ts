import { InputError } from "../core/errors.js";
import type { Random } from "../core/random.js";
import { likeliest } from "./likeliest.js";
import { sampleToken } from "../model/index.js";
import type { Sampling } from "./responder.js";

/** Chooses a token by its logits [V], which it may change; `seen` are the prompt's tokens and the answer's so far. */
export type Chooser = (logits: Float32Array, seen: Iterable<number>) => number;

/** @throws InputError for a setting that is out of its range */
export function checkSampling({ temperature, topK = 1, topP = 1, repetitionPenalty = 1 }: Sampling, index: number): void {
  const checks: readonly (readonly [boolean, string, number, string])[] = [
    [temperature >= 0 && temperature < Infinity, "temperature", temperature, "0 (greedy) or more"],
    [Number.isInteger(topK) && topK >= 1, "topK", topK, "a whole number, 1 or more"],
    [topP > 0 && topP <= 1, "topP", topP, "above 0, at most 1"],
    [repetitionPenalty > 0 && repetitionPenalty < Infinity, "repetitionPenalty", repetitionPenalty, "above 0; 1 changes nothing"],
  ];
  for (const [isRight, name, value, expected] of checks) {
    if (!isRight) throw new InputError({ where: `${name} of request ${index + 1}`, found: String(value), expected });
  }
}

/** How tokens are chosen; none where the largest logit is always taken as it is. */
export function chooser({ temperature, topK, topP, repetitionPenalty = 1 }: Sampling, random: Random): Chooser | undefined {
  if (temperature === 0 && repetitionPenalty === 1) return undefined;
  return (logits, seen) => {
    if (repetitionPenalty !== 1) penalize(logits, new Set(seen), repetitionPenalty);
    if (temperature === 0) return largestOf(logits);
    if (topK === undefined && topP === undefined) return sampleToken(logits, temperature, random);
    const likely = likeliest(logits, { temperature, topK, topP });
    return likely[
      sampleToken(
        Float32Array.from(likely, (token) => logits[token]),
        temperature,
        random,
      )
    ];
  };
}

/** Makes seen tokens less likely. Keskar et al. 2019, section 4.1. */
function penalize(logits: Float32Array, seen: ReadonlySet<number>, penalty: number): void {
  for (const token of seen) logits[token] *= logits[token] > 0 ? 1 / penalty : penalty;
}

/** The position of the largest logit, the first of equals. */
export function largestOf(logits: Float32Array): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i] > logits[best]) best = i;
  return best;
}

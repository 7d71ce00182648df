import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createRandom } from "../../lib/core/random.js";
import { type Limits, likeliest } from "../../lib/inference/likeliest.js";

/** The definition: everything sorted, the k first, of them the fewest that hold p. */
function byDefinition(logits: Float32Array, { temperature, topK = Infinity, topP = 1 }: Limits): number[] {
  const order = [...logits.keys()].sort((a, b) => logits[b] - logits[a] || a - b).slice(0, topK);
  const weights = order.map((token) => Math.exp((logits[token] - logits[order[0]]) / temperature));
  const summed =
    topK < logits.length ? weights : Array.from(logits, (logit) => Math.exp((logit - logits[order[0]]) / temperature));
  const enough = topP * summed.reduce((sum, weight) => sum + weight, 0);
  let [held, count] = [0, 0];
  while (count < order.length && held < enough) held += weights[count++];
  return topP === 1 && topK >= logits.length ? order : order.slice(0, Math.max(1, count));
}

const logit = fc.oneof(fc.float({ min: -40, max: 40, noNaN: true }), fc.constantFrom(-0, 0, 1, 1, 1.5, -1, 7, -1e30));
const limits = fc.record({
  temperature: fc.constantFrom(0.1, 0.7, 1, 2, 100),
  topK: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
  topP: fc.option(fc.double({ min: 1e-6, max: 1, noNaN: true }), { nil: undefined }),
});

describe("the tokens that may be drawn", () => {
  test("are those of the definition, in its order, equal and extreme logits included", () =>
    fc.assert(
      fc.property(fc.array(logit, { minLength: 1, maxLength: 50 }), limits, (values, given) => {
        const logits = Float32Array.from(values);
        expect(likeliest(logits, given)).toEqual(byDefinition(logits, given));
      }),
      { numRuns: 1000 },
    ));

  test.each<Limits>([
    { temperature: 1, topK: 50 },
    { temperature: 0.7, topP: 0.9 },
    { temperature: 1.3, topK: 200, topP: 0.95 },
    { temperature: 50, topP: 0.999 },
  ])("are the same of a whole vocabulary, with %j", (given) => {
    const random = createRandom(3);
    const logits = Float32Array.from({ length: 49_152 }, () => 3 * random.normal());
    expect(likeliest(logits, given)).toEqual(byDefinition(logits, given));
  });

  test("are found where some logits are −∞, and of a part of a larger array", () => {
    const rows = Float32Array.of(9, 9, -Infinity, 2, 3, -Infinity);
    expect(likeliest(rows.subarray(2), { temperature: 1, topP: 0.9 })).toEqual([2, 1]);
    expect(likeliest(rows.subarray(2), { temperature: 1, topK: 1 })).toEqual([2]);
  });
});

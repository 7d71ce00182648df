import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createRandom } from "../../lib/core/random.js";
import { batchesByLength, commonPrefix } from "../../lib/inference/batches.js";
import { sampleToken } from "../../lib/model/sample-token.js";

describe("batches by length", () => {
  test("hold each sequence once, no more than allowed, unless one alone is too long", () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 })), fc.integer({ min: 1, max: 8 }), (lengths, sequences) => {
        const batches = batchesByLength(lengths, { sequences, positions: 120 });
        expect(batches.flat().sort((a, b) => a - b)).toEqual([...lengths.keys()]);
        for (const batch of batches) {
          const longest = Math.max(...batch.map((i) => lengths[i]));
          expect(batch.length).toBeLessThanOrEqual(sequences);
          expect(batch.length === 1 || batch.length * longest <= 120).toBe(true);
        }
      }),
    ));

  test("put similar lengths together, the longest first", () =>
    expect(batchesByLength([5, 50, 6, 49], { sequences: 2, positions: 1000 })).toEqual([
      [1, 3],
      [2, 0],
    ]));
});

test.each([
  [[], 0],
  [[[1, 2, 3]], 2],
  [
    [
      [1, 2, 3],
      [1, 2, 4],
    ],
    2,
  ],
  [
    [
      [1, 2],
      [1, 2, 3],
    ],
    1,
  ],
  [[[1], [2]], 0],
])("the common prefix of %j is %i tokens, and leaves each row one", (rows, length) => expect(commonPrefix(rows)).toBe(length));

describe("a drawn token", () => {
  test("follows the softmax of the logits over the temperature", () => {
    const random = createRandom(5);
    const logits = Float32Array.of(0, 1, 2);
    const counts = [0, 0, 0];
    for (let i = 0; i < 20_000; i++) counts[sampleToken(logits, 0.5, random)]++;
    const weights = [0, 1, 2].map((logit) => Math.exp(logit / 0.5));
    const total = weights.reduce((a, b) => a + b);
    counts.forEach((count, i) => expect(count / 20_000).toBeCloseTo(weights[i] / total, 1.7));
  });

  test("is never one without weight", () =>
    expect(sampleToken(Float32Array.of(-Infinity, 3, -Infinity), 1, createRandom(1))).toBe(1));
});

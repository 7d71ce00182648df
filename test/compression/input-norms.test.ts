import { beforeAll, expect, test, vi } from "vitest";

import { finish } from "../../lib/core/progress.js";
import { calibrationSet } from "../../lib/compression/calibration/calibration-set.js";
import { inputNorms } from "../../lib/compression/input-norms.js";
import { naiveLogits } from "../reference/naive-forward.js";
import { toyModel } from "../toy-model.js";

const [SAMPLES, LENGTH] = [3, 7];

beforeAll(() => void vi.stubEnv("TOUCHSTONE_BACKEND", "cpu")); // no native code in this test

test("input norms are the root mean squares that the textbook's forward pass has, of a variant's own weights", async () => {
  const model = toyModel({ blocks: 2, width: 16 });
  const other = toyModel({ blocks: 2, width: 16, seed: 8 }); // stands for compressed weights
  const sequences = Array.from({ length: SAMPLES }, (_, s) =>
    Array.from({ length: LENGTH }, (_, i) => 1 + ((s * 17 + i * i * 5) % 60)),
  );
  const set = calibrationSet({
    name: "toy",
    samples: SAMPLES,
    length: LENGTH,
    seed: 0,
    tokens: Int32Array.from(sequences.flat()),
  });
  for (const weights of [model.weights, other.weights]) {
    const seen = new Map<string, number[][]>();
    for (const tokens of sequences)
      await naiveLogits({ ...model, weights }, tokens, (block, what, rows) => {
        if (what !== "hidden") seen.set(`${block} ${what}`, [...(seen.get(`${block} ${what}`) ?? []), ...rows]);
      });
    const found = await finish(inputNorms({ model, weights, title: "toy" }, set, { chunkTokens: 2 * LENGTH }));
    expect(found.map(({ block, layers }) => `${block} ${layers.split(", ")[0]}`)).toEqual([...seen.keys()]);
    for (const { block, layers, norms } of found) {
      const rows = seen.get(`${block} ${layers.split(", ")[0]}`) ?? [];
      const expected = rows[0].map((_, i) => Math.sqrt(rows.reduce((sum, row) => sum + row[i] ** 2, 0) / rows.length));
      expect(norms).toHaveLength(expected.length);
      const worst = Math.max(...expected.map((value, i) => Math.abs(value - norms[i]) / (value + 1e-3)));
      expect(worst).toBeLessThan(1e-4);
    }
  }
});

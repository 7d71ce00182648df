import { existsSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { loadModel } from "../../lib/model/index.js";
import { compareBlocks } from "../parity/awq/blocks.js";

const FOLDER = "../shared/reference/smollm2";

describe.skipIf(!existsSync(FOLDER))(`AWQ's searches on the model's first block (skipped without ${FOLDER})`, () => {
  test(
    "choose the authors' ratio for each group of layers, and their maximum in 99 of 100 groups of weights",
    { timeout: 240_000 },
    async () => {
      const model = await loadModel("smollm2");
      const compared = await compareBlocks(model, FOLDER, 1);
      await model.close();
      expect(compared.map(({ label }) => label)).toHaveLength(8);
      for (const { label, equal, of } of compared) expect(equal / of, label).toBeGreaterThanOrEqual(0.99);
    },
  );
});

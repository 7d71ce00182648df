import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { Decoder, loadModel, type Model } from "../../lib/model/index.js";
import { architectureCases, compareArchitecture, LARGEST_DIFFERENCE } from "../parity/architectures/compare.js";

const cases = architectureCases();
const folder = join(import.meta.dirname, "../parity/architectures");

/** `npm run parity:architectures` prints the same. */
describe("tiny models of each architecture and option against transformers on torch", () => {
  test.each(Object.keys(cases))("%s: log-probabilities within 1e-4, greedy tokens equal, alone and in a batch", async (name) => {
    const { largestDifference, alone, batched, greedyTokens } = await compareArchitecture(name, cases[name]);
    expect(largestDifference).toBeLessThan(LARGEST_DIFFERENCE);
    expect([alone, batched]).toEqual([greedyTokens, greedyTokens]);
  });

  test.each([
    ["llama-linear", { ropeScaling: { kind: "linear", factor: 3 } }],
    ["llama-llama3", { ropeScaling: { kind: "linear", factor: 1 } }],
    ["llama-yarn", { ropeScaling: { kind: "linear", factor: 4 } }],
    ["mistral-window", { window: 8 }],
  ] as const)(
    "%s: another option moves log-probabilities by more than 0.1, so that the comparison can fail",
    async (name, change) => {
      const model = await loadModel(join(folder, name));
      const [right, wrong] = [await logits(model, model.config), await logits(model, { ...model.config, ...change })];
      expect(Math.max(...right.map((value, i) => Math.abs(value - wrong[i])))).toBeGreaterThan(0.1);
      await model.close();
    },
  );

  async function logits(model: Model, config: Model["config"]): Promise<Float32Array> {
    const decoder = await Decoder.load(config, model.weights);
    const values = decoder.logits(cases["llama"].tokens);
    decoder.close();
    return values;
  }
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { cachedEntry, compress, exportVariant, finish, loadModel } from "../../lib/index.js";
import type { Floats, Model, Variant } from "../../lib/index.js";
import { Decoder } from "../../lib/model/index.js";
import { addonFolder, largestDifference, logProbabilities, openLlamaCpp } from "../parity/export/llama-cpp.js";

const missing = [
  ...(addonFolder() === undefined ? ["no @node-llama-cpp/linux-x64 for this machine"] : []),
  ...((await cachedEntry("models/smollm2")) === undefined ? ["no model: run `npm run setup`"] : []),
];
const why = missing.length > 0 ? ` (skipped: ${missing.join(", ")})` : "";
const PROMPTS = [
  "The capital of France is",
  "Water boils at a temperature of 100 degrees",
  "Once upon a time, there was a naïve little",
];

describe.skipIf(missing.length > 0)(`an exported GGUF in llama.cpp${why}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "touchstone-test-"));
  let model: Model;
  let variant: Variant;
  let ours: Float64Array[];
  beforeAll(async () => {
    model = await loadModel("smollm2");
    variant = await finish(compress(model, { method: "rtn", settings: { bits: 4, group: 64 } }));
    const decoder = await Decoder.load(model.config, variant.weights);
    ours = PROMPTS.map((prompt) => {
      const ids = model.tokenizer.encode(prompt);
      const logits = decoder.logits(ids);
      return logProbabilities(logits.subarray(logits.length - model.config.vocabulary));
    });
    decoder.close();
  });
  afterAll(async () => {
    await model.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const theirs = async (floats: Floats): Promise<{ tokens: number[][]; largest: number; firstEqual: number }> => {
    const target = join(folder, floats);
    await finish(exportVariant(variant, { folder: target, format: "gguf", floats }));
    const llama = await openLlamaCpp(join(target, "model.gguf"));
    const tokens = PROMPTS.map((prompt) => llama.tokenize(prompt));
    const found: Float64Array[] = [];
    for (const ids of tokens) found.push(await llama.next(ids));
    await llama.close();
    rmSync(target, { recursive: true });
    return {
      tokens,
      largest: Math.max(...found.map((one, i) => largestDifference(one, ours[i]))),
      firstEqual: found.filter((one, i) => likeliest(one) === likeliest(ours[i])).length,
    };
  };
  const likeliest = (row: Float64Array): number => row.indexOf(Math.max(...row));

  test("in F32 has our tokens, our likeliest next token and our log-probabilities within 2e-3", async () => {
    const { tokens, largest, firstEqual } = await theirs("F32");
    expect(tokens).toEqual(PROMPTS.map((prompt) => model.tokenizer.encode(prompt)));
    expect(firstEqual).toBe(PROMPTS.length);
    expect(largest).toBeLessThan(2e-3); // float32 sums in another order
  });

  test("in GGUF's blocks has our tokens and is as near as its 8-bit activations allow", async () => {
    const { tokens, largest } = await theirs("F16");
    expect(tokens).toEqual(PROMPTS.map((prompt) => model.tokenizer.encode(prompt)));
    expect(largest).toBeLessThan(1);
  });
});

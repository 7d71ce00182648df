import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeEach, describe, expect, test, vi } from "vitest";

import type { Recipe } from "../../../lib/compression/index.js";
import { loadModel } from "../../../lib/model/index.js";
import { rotaryFrequencies } from "../../../lib/model/rope-scaling.js";
import { differences, exported, tinyModel, variantOf } from "./exported.js";

beforeEach(() => {
  vi.stubEnv("TOUCHSTONE_CACHE", mkdtempSync(join(tmpdir(), "touchstone-test-")));
});

const rtn: Recipe = { method: "rtn", settings: { bits: 4, group: 8 } };
const half: Recipe = { method: "magnitude", settings: { pattern: "50%", keep: ["blocks.0.down"] } };
const MODELS = [
  ...["llama", "llama-tied", "llama-head-width", "llama-llama3", "llama-linear", "llama-yarn", "mistral", "mistral-window"],
  ...["qwen2", "qwen2-tied-shards", "gguf-llama.gguf", "gguf-qwen2.gguf", "gguf-yarn.gguf"],
  ...["gguf-split-00001-of-00002.gguf", "gguf-window.gguf"],
];
const TEXT = "The quick brown fox, 12 km away: naïve\n\n  x";

/** How to open each: the folder, or the file in it. */
const OPENED: Readonly<Record<string, string>> = { safetensors: "", gguf: "model.gguf" };
const cases = MODELS.flatMap((name) => Object.keys(OPENED).map((format): [string, string] => [name, format]));

describe("our readers load an export", () => {
  test.each(cases)("of %s as %s: dense, quantized and pruned weights bit for bit, and the same tokens", async (name, format) => {
    const model = await tinyModel(name);
    for (const recipe of [undefined, rtn, half]) {
      const variant = await variantOf(model, recipe);
      const { folder, notes } = await exported(variant, { format });
      const read = await loadModel(join(folder, OPENED[format]));
      expect(await differences(read, variant)).toEqual([]);
      expect(read.tokenizer.encode(TEXT)).toEqual(model.tokenizer.encode(TEXT));
      expect(read.tokenizer.endOfText).toEqual(model.tokenizer.endOfText);
      expect(read.tokenizer.bos).toEqual(model.tokenizer.bos);
      expect(notes.filter((note) => !note.includes("window"))).toEqual([]);
      await read.close();
    }
    await model.close();
  });

  test.each(["safetensors", "gguf"])("as %s with the same sizes, and LLaMA 3's rotary frequencies", async (format) => {
    const model = await tinyModel("llama-llama3");
    const { folder } = await exported(await variantOf(model), { format });
    const { config } = await loadModel(join(folder, OPENED[format]));
    const single = { normEpsilon: Math.fround(model.config.normEpsilon), ropeScaling: undefined };
    expect({ ...config, ...single }).toEqual({ ...model.config, ...single });
    const [read, own] = [rotaryFrequencies(config).frequencies, rotaryFrequencies(model.config).frequencies];
    read.forEach((frequency, i) => expect(Math.abs(frequency / own[i] - 1)).toBeLessThan(2e-7)); // a float32 factor
  });

  test("of a GGUF with rope factors of its own only as gguf", async () => {
    const variant = await variantOf(await tinyModel("gguf-rope-freqs.gguf"));
    await expect(exported(variant, { format: "safetensors" })).rejects.toThrow(/factors other than LLaMA 3's/);
    const { folder } = await exported(variant, { format: "gguf" });
    const read = await loadModel(join(folder, "model.gguf"));
    expect(read.config).toEqual(variant.model.config);
    expect(await differences(read, variant)).toEqual([]);
  });
});

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";

import { createRandom } from "../../lib/core/random.js";
import { readText } from "../../lib/formats/plain-text.js";
import { generate } from "../../lib/inference/generate.js";
import { Decoder, knownModelPath, loadModel, type Model } from "../../lib/model/index.js";

const path = knownModelPath("smollm2");
const PROMPTS = 100;
const BATCH = 32;
const TOKENS = 10;

describe.skipIf(!existsSync(path))("SmolLM2 (skipped where it is not in the cache)", () => {
  let model: Model;
  let decoder: Decoder;
  beforeAll(async () => {
    model = await loadModel("smollm2");
    decoder = await Decoder.load(model.config, model.weights);
  });
  afterAll(async () => {
    decoder.close();
    await model.close();
  });

  test("100 prompts alone and in batches of 32 are continued alike, but where the two best logits lie within 1e-3", async () => {
    const tokens = model.tokenizer.encode((await readText()).content);
    const random = createRandom("batch invariance");
    const prompts = Array.from({ length: PROMPTS }, () => {
      const start = random.integer(tokens.length - 64);
      return tokens.slice(start, start + 4 + random.integer(28));
    });
    const run = async (some: readonly (readonly number[])[]): Promise<(readonly number[])[]> => {
      const settings = { prefix: 0, maxTokens: TOKENS, ends: new Set(model.tokenizer.endOfText), temperature: 0 };
      const answers = await generate(decoder, { ...settings, prompts: some, randoms: some.map(() => random) });
      return answers.map((answer) => answer.tokens);
    };
    const [alone, together]: [(readonly number[])[], (readonly number[])[]] = [[], []];
    for (const prompt of prompts) alone.push(...(await run([prompt])));
    for (let from = 0; from < PROMPTS; from += BATCH) together.push(...(await run(prompts.slice(from, from + BATCH))));
    const unequal = prompts.filter((prompt, i) => {
      const at = alone[i].findIndex((token, k) => token !== together[i][k]);
      if (at < 0) return alone[i].length !== together[i].length;
      return marginAfter(decoder, [...prompt, ...alone[i].slice(0, at)]) > 1e-3;
    });
    expect(unequal).toEqual([]);
  });

  // Other processes decide how many of malloc's arenas are in use, and so what stays of bytes that were given back: chance only adds.
  test(
    "the process grows by at most 1.15 times the model's f32 size when it loads, and 1.3 times meanwhile",
    { retry: 2 },
    () => {
      const probe = fileURLToPath(new URL("memory-probe.ts", import.meta.url));
      const text = execFileSync(process.execPath, ["--expose-gc", "--import", "tsx", probe, "smollm2"], { encoding: "utf8" });
      const { loading, loaded } = z.object({ loading: z.number(), loaded: z.number() }).parse(JSON.parse(text));
      expect(loading).toBeLessThanOrEqual(1.3);
      expect(loaded).toBeLessThanOrEqual(1.15);
    },
  );
});

/** How far the best logit after some tokens lies above the second best. */
function marginAfter(decoder: Decoder, tokens: readonly number[]): number {
  decoder.dropPrefix();
  const logits = decoder.logits(tokens);
  const last = logits.slice(logits.length - logits.length / tokens.length).sort();
  return last[last.length - 1] - last[last.length - 2];
}

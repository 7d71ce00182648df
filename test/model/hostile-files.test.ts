import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { InputError } from "../../lib/core/errors.js";
import { createTokenizer, vocabularyFromFiles } from "../../lib/text/index.js";
import { complaintOf, copyOf } from "./model-files.js";

const RUNS = Number(process.env["TOUCHSTONE_FUZZ_RUNS"] ?? 60);

/** A change of bytes: some replaced, perhaps the rest cut away. */
const damage = (reach: number) =>
  fc.record({
    bytes: fc.array(fc.record({ at: fc.nat(reach - 1), byte: fc.nat(255) }), { minLength: 1, maxLength: 4 }),
    keep: fc.option(fc.nat(reach), { nil: undefined, freq: 4 }),
  });

function damaged(whole: Buffer, { bytes, keep }: { bytes: { at: number; byte: number }[]; keep: number | undefined }): Buffer {
  const result = Buffer.from(whole);
  for (const { at, byte } of bytes) result[at] = byte;
  return keep === undefined ? result : result.subarray(0, keep);
}

/** Values that no reader expects, where a file has others. */
const strange: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, -1, 0, 0.5, 1e308, 2 ** 53, "", "__proto__", [], {}, true, [[]], "x".repeat(300)),
  fc.integer(),
  fc.string(),
);

/** A JSON value with the value at one place replaced; the place is found by walking along the numbers of `path`. */
function replaced(value: unknown, path: readonly number[], by: unknown): unknown {
  if (path.length === 0 || typeof value !== "object" || value === null) return by;
  const entries: [string, unknown][] = Object.entries(value);
  if (entries.length === 0) return by;
  const at = path[0] % entries.length;
  const changed = entries.map(([key, one], i) => [key, i === at ? replaced(one, path.slice(1), by) : one]);
  return Array.isArray(value) ? changed.map(([, one]) => one) : Object.fromEntries(changed);
}

describe("any damage ends in an InputError, or in a model whose weights are numbers", () => {
  test.each(["gguf-llama.gguf", "gguf-rope-freqs.gguf", "gguf-qwen2.gguf"])("bytes of %s", async (name) => {
    const path = copyOf(name);
    const whole = readFileSync(path);
    await fc.assert(
      fc.asyncProperty(damage(Math.min(whole.length, 6000)), async (change) => {
        writeFileSync(path, damaged(whole, change));
        await complaintOf(path);
      }),
      { numRuns: RUNS },
    );
  });

  test.each([
    ["llama", "config.json"],
    ["llama", "tokenizer.json"],
    ["llama", "tokenizer_config.json"],
    ["llama", "generation_config.json"],
    ["llama", "model.safetensors"],
    ["qwen2-tied-shards", "model.safetensors.index.json"],
    ["qwen2-tied-shards", "model-00002-of-00002.safetensors"],
  ])("bytes of %s/%s", async (name, file) => {
    const path = copyOf(name);
    const whole = readFileSync(join(path, file));
    await fc.assert(
      fc.asyncProperty(damage(Math.min(whole.length, 4000)), async (change) => {
        writeFileSync(join(path, file), damaged(whole, change));
        await complaintOf(path);
      }),
      { numRuns: RUNS },
    );
  });

  test.each([
    ["llama-llama3", "config.json"],
    ["llama-yarn-options", "config.json"],
    ["mistral-window", "config.json"],
    ["llama", "tokenizer.json"],
    ["llama", "tokenizer_config.json"],
    ["llama", "generation_config.json"],
    ["qwen2-tied-shards", "model.safetensors.index.json"],
  ])("values of %s/%s", async (name, file) => {
    const path = copyOf(name);
    const value: unknown = JSON.parse(readFileSync(join(path, file), "utf8"));
    const place = fc.array(fc.nat(1000), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(place, strange, async (at, by) => {
        writeFileSync(join(path, file), JSON.stringify(replaced(value, at, by)));
        await complaintOf(path);
      }),
      { numRuns: RUNS },
    );
  });
});

test("any damage to a tokenizer.model ends in an InputError or a tokenizer", () => {
  const whole = readFileSync(join(import.meta.dirname, "../text/fixtures/tokenizers/pieces.model"));
  fc.assert(
    fc.property(damage(whole.length), (change) => {
      try {
        const files = { folder: "toy", json: undefined, config: undefined, bos: undefined, eos: [], size: 600 };
        const tokenizer = createTokenizer("toy", vocabularyFromFiles({ ...files, model: damaged(whole, change) }));
        tokenizer.decode(tokenizer.encode("some text of 12 words"));
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }),
    { numRuns: 4 * RUNS },
  );
});

import { describe, expect, test } from "vitest";

import type { MetadataValue, ModelFile, TensorInfo } from "../../lib/formats/model-file.js";
import { configFromGguf } from "../../lib/model/gguf-config.js";
import { halvesFromPairs, weightsFromGguf } from "../../lib/model/gguf-weights.js";
import { loadModel } from "../../lib/model/index.js";
import { rotaryTables } from "../../lib/model/rotary.js";
import { toyConfig } from "../toy-model.js";

const METADATA: Record<string, MetadataValue> = {
  "general.architecture": "llama",
  "llama.embedding_length": 16,
  "llama.attention.head_count": 4,
  "llama.attention.head_count_kv": 2,
  "llama.block_count": 2,
  "llama.feed_forward_length": 24,
  "llama.attention.layer_norm_rms_epsilon": 1e-5,
  "llama.context_length": 256,
};

function fakeFile(changes: Record<string, MetadataValue | undefined> = {}, extra: readonly TensorInfo[] = []): ModelFile {
  const entries = Object.entries({ ...METADATA, ...changes }).filter(
    (entry): entry is [string, MetadataValue] => entry[1] !== undefined,
  );
  const embedding: TensorInfo = { name: "token_embd.weight", storage: "F32", shape: [64, 16], bytes: 4096 };
  return {
    ...{ path: "fake.gguf", format: "gguf", bytes: 0, metadata: new Map(entries) },
    tensors: new Map([embedding, ...extra].map((tensor) => [tensor.name, tensor])),
    digest: () => Promise.resolve("0"),
    read: () => Promise.resolve(new Float32Array()),
    readRows: () => Promise.resolve(new Float32Array()),
    close: () => Promise.resolve(),
  };
}

describe("the configuration of a GGUF", () => {
  test("is read with its standard values", async () =>
    expect(await configFromGguf(fakeFile())).toEqual({ ...toyConfig(), headWidth: 4, ropeBase: 10_000 }));

  test.each([
    ["general.architecture", "mamba", /general.architecture: found "mamba", expected llama/],
    ["llama.attention.head_count_kv", 3, /head_count_kv: found 3, expected a divisor of head_count \(4\)/],
    ["llama.attention.head_count", 5, /head_count: found 5, expected a divisor of embedding_length/],
    ["llama.block_count", undefined, /llama.block_count: found null/],
    ["llama.block_count", 1e9, /llama.block_count: found 1000000000, expected a whole number from 1 to 1024/],
    ["llama.attention.layer_norm_rms_epsilon", 0, /epsilon: found 0, expected a number above 0/],
    ["llama.rope.scaling.type", "longrope", /rope.scaling.type: found "longrope", expected none, linear or yarn/],
    ["llama.rope.scaling.type", "linear", /rope.scaling.factor: found null/],
    ["llama.attention.sliding_window", 0, /sliding_window: found 0/],
    ["llama.embedding_length", "16", /embedding_length: found "16"/],
  ])("with %s = %j is refused by field", (field, value, message) =>
    expect(configFromGguf(fakeFile({ [field]: value }))).rejects.toThrow(message),
  );

  test("with llama 3's frequency tensor of another size is refused", async () => {
    const tensor: TensorInfo = { name: "rope_freqs.weight", storage: "F32", shape: [3], bytes: 12 };
    await expect(configFromGguf(fakeFile({}, [tensor]))).rejects.toThrow(
      /rope_freqs.weight: found shape \[3\], expected shape \[2\]/,
    );
  });
});

test("a tensor that is missing or of another shape than the metadata says is refused by name", async () => {
  const file = fakeFile();
  const config = await configFromGguf(file);
  expect(() => weightsFromGguf(file, config)).toThrow(/tensor output_norm.weight: found none, expected shape \[16\]/);
});

test("query rows go from neighbouring pairs to halves, head by head", () => {
  const paired = Float32Array.from([0, 4, 1, 5, 2, 6, 3, 7, 10, 14, 11, 15, 12, 16, 13, 17]); // two heads of 8 rows, one column
  expect([...halvesFromPairs(paired, { headWidth: 8, width: 1 })]).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17,
  ]);
});

test("rotary tables turn each pair by its angle and keep its length", () => {
  const { cosines, sines } = rotaryTables(toyConfig({ width: 16, heads: 4 }), 5);
  for (let i = 0; i < cosines.length; i++) expect(cosines[i] ** 2 + sines[i] ** 2).toBeCloseTo(1, 6);
  expect(cosines[3 * 4]).toBeCloseTo(Math.cos(3), 6);
  expect(sines[3 * 4 + 2]).toBeCloseTo(Math.sin(3), 6);
  expect(sines[3 * 4]).toBeCloseTo(-Math.sin(3), 6);
});

test.each([
  ["smolm2", /no "smolm2".*did you mean "smollm2"|path of a GGUF file/i],
  ["./nothing-here.gguf", /nothing-here.gguf/],
])("the model %s is refused with what would do", async (name, message) => {
  await expect(loadModel(name)).rejects.toThrow(message);
});

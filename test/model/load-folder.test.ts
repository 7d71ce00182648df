import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";
import { z } from "zod";

import { loadModel } from "../../lib/model/index.js";
import { changeJson, complaintOf, copyOf } from "./model-files.js";

describe("a folder of safetensors", () => {
  test("is loaded by its path, or by that of its file, under one digest", async () => {
    const path = copyOf("llama");
    const [model, same] = [await loadModel(path), await loadModel(join(path, "model.safetensors"))];
    expect(model).toMatchObject({ name: "llama", title: "llama", storage: "F32", config: { architecture: "llama", blocks: 2 } });
    expect(model.tokenizer).toMatchObject({ vocabularySize: 48, endOfText: [1] });
    expect(same.digest).toBe(model.digest);
    for (const one of [model, same]) await one.close();
  });

  test.each([
    ["config.json", { rope_theta: 5 }],
    ["tokenizer.json", { version: "2.0" }],
    ["tokenizer_config.json", { chat_template: "{{ messages[0].content }}" }],
    ["generation_config.json", { eos_token_id: [1, 2] }],
  ])("has another digest once its %s changes", async (file, change) => {
    const path = copyOf("llama");
    const before = await loadModel(path);
    changeJson(path, file, change);
    const after = await loadModel(path);
    expect(after.digest).not.toBe(before.digest);
    for (const one of [before, after]) await one.close();
  });

  test("ends answers where generation_config.json says, and renders its chat template", async () => {
    const path = copyOf("llama");
    changeJson(path, "generation_config.json", { eos_token_id: [5, 1] });
    changeJson(path, "tokenizer_config.json", {
      chat_template: [{ name: "default", template: "{{ bos_token }}{{ messages[0].content }}" }],
    });
    const model = await loadModel(path);
    expect(model.tokenizer.endOfText).toEqual([1, 5]);
    expect(model.chat.render([{ role: "user", content: "hi" }])).toBe("<s>hi");
    await model.close();
  });

  test("is loaded from shards, each tensor read from its own", async () => {
    expect(await complaintOf(copyOf("qwen2-tied-shards"))).toBeUndefined();
  });
});

type Damage = readonly [title: string, damage: (path: string) => void, message: RegExp, model: string];

const config = (title: string, change: Readonly<Record<string, unknown>>, message: RegExp, model = "llama"): Damage => [
  title,
  (path) => changeJson(path, "config.json", change),
  message,
  model,
];
const tokenizer = (title: string, change: Readonly<Record<string, unknown>>, message: RegExp): Damage => [
  title,
  (path) => changeJson(path, "tokenizer.json", change),
  message,
  "llama",
];
const SHARDS = "qwen2-tied-shards";
const INDEX = "model.safetensors.index.json";
const SECOND = "model-00002-of-00002.safetensors";
const FIRST = "model-00001-of-00002.safetensors";

const damages: readonly (Damage | readonly [string, (path: string) => void, RegExp])[] = [
  ["without config.json", (path) => rmSync(join(path, "config.json")), /found no config.json/],
  ["without weights", (path) => rmSync(join(path, "model.safetensors")), /neither model.safetensors nor/],
  ["without a tokenizer", (path) => rmSync(join(path, "tokenizer.json")), /neither tokenizer.json nor tokenizer.model/],
  [
    "with a config.json that is no JSON",
    (path) => writeFileSync(join(path, "config.json"), "{"),
    /config.json: found .*expected JSON/,
  ],
  ["with a config.json of 40 MB", (path) => truncateSync(join(path, "config.json"), 4e7), /found 40000000 bytes/],
  [
    "with JSON nested 100,000 deep",
    (path) => writeFileSync(join(path, "config.json"), "[".repeat(1e5)),
    /nesting deeper than 64/,
  ],
  [
    "with two million lists",
    (path) => writeFileSync(join(path, "config.json"), `[${"[],".repeat(2e5)}[]]`),
    /more than 131072 objects and lists/,
  ],
  [
    "with a field twice",
    (path) => writeFileSync(join(path, "config.json"), '{"vocab_size":1,"vocab_size":2}'),
    /name "vocab_size" twice/,
  ],
  config("of another architecture", { model_type: "mamba" }, /model_type: found "mamba", expected llama or mistral or qwen2/),
  config("without an architecture", { model_type: undefined }, /model_type: found nothing/),
  config("that is a classifier", { architectures: ["LlamaForSequenceClassification"] }, /field architectures/),
  config("that is quantized", { quantization_config: { bits: 4 } }, /field quantization_config/),
  config(
    "with biases that llama's blocks don't have here",
    { attention_bias: true },
    /attention_bias: found true, expected false/,
  ),
  config("with another activation", { hidden_act: "gelu" }, /hidden_act: found "gelu"/),
  config("with windows in some blocks", { use_sliding_window: true }, /use_sliding_window: found true/, "qwen2"),
  config("with a rope scaling nobody runs", { rope_parameters: { rope_type: "longrope" } }, /rope_type: found "longrope"/),
  config(
    "with a rope scaling without a factor",
    { rope_parameters: { rope_type: "yarn" } },
    /rope_scaling.factor: found nothing/,
  ),
  config("with a vocabulary of a trillion", { vocab_size: 1e12 }, /vocab_size: found 1000000000000/),
  config("with half a block", { num_hidden_layers: 1.5 }, /num_hidden_layers: found 1.5/),
  config("with heads that no width divides", { num_attention_heads: 3, head_dim: null }, /num_attention_heads/),
  config("with another vocabulary than its tensors", { vocab_size: 47 }, /embed_tokens.weight: found shape \[48, 16\]/),
  config(
    "with fewer blocks than its tensors",
    { num_hidden_layers: 1 },
    /model.layers.1.*a tensor that this architecture doesn't have/,
  ),
  config("with more blocks than its tensors", { num_hidden_layers: 3 }, /model.layers.2.*found none/),
  config("with an end token beyond the embedding", { eos_token_id: 48 }, /found the id 48/),
  tokenizer("with another tokenizer model", { model: { type: "Unigram", vocab: [] } }, /tokenizer.json, field model/),
  tokenizer(
    "with another pre-tokenizer",
    { pre_tokenizer: { type: "Whitespace" } },
    /pre_tokenizer: found {"type":"Whitespace"}/,
  ),
  tokenizer("with another normalizer", { normalizer: { type: "Lowercase" } }, /normalizer: found {"type":"Lowercase"}/),
  tokenizer("with another decoder", { decoder: { type: "WordPiece" } }, /tokenizer.json, field (decoder|model.byte_fallback)/),
  tokenizer("with another post-processor", { post_processor: { type: "BertProcessing" } }, /post_processor/),
  tokenizer("with a token of a trillion", { model: { type: "BPE", vocab: { a: 1e12 }, merges: [] } }, /token 1000000000000/),
  tokenizer("with two tokens of one id", { model: { type: "BPE", vocab: { a: 1, b: 1 }, merges: [] } }, /two tokens 1/),
  tokenizer("with a merge of nothing", { model: { type: "BPE", vocab: { a: 3 }, merges: ["a b"] } }, /entry 0: found "a b"/),
  ["without a shard", (path) => rmSync(join(path, SECOND)), /00002-of-00002.*remedy|Fetch the missing shard/i, SHARDS],
  ["with a shard cut short", (path) => truncateSync(join(path, SECOND), 1000), /00002-of-00002.safetensors/, SHARDS],
  [
    "with one shard in another's place",
    (path) => writeFileSync(join(path, SECOND), readFileSync(join(path, FIRST))),
    /00002-of-00002.safetensors: found the tensor .*expected it in model-00001/,
    SHARDS,
  ],
  [
    "with an index that leaves the folder",
    (path) => writeFileSync(join(path, INDEX), '{"weight_map":{"a":"../../etc/a.safetensors"}}'),
    /the file name "..\/..\/etc/,
    SHARDS,
  ],
  ["with an empty index", (path) => writeFileSync(join(path, INDEX), '{"weight_map":{}}'), /found 0 shards/, SHARDS],
  [
    "with a tensor that no shard has",
    (path) => {
      const { weight_map: map } = z.object({ weight_map: z.record(z.string(), z.string()) }).parse(read(path, INDEX));
      changeJson(path, INDEX, { weight_map: { ...map, more: SECOND } });
    },
    /00002-of-00002.safetensors: found no tensor more/,
    SHARDS,
  ],
  ["with a weight that is no number", nanInto, /tensor model.embed_tokens.weight, weight \d+: found NaN|weight \d+: found NaN/],
];

describe("a folder is refused, naming file and field,", () => {
  const whole = damages.map(([title, damage, message, model = "llama"]): Damage => [title, damage, message, model]);
  test.each(whole)("%s", async (_, damage, message, model) => {
    const path = copyOf(model);
    damage(path);
    expect(String(await complaintOf(path))).toMatch(message);
  });
});

function read(path: string, file: string): unknown {
  return JSON.parse(readFileSync(join(path, file), "utf8"));
}

function nanInto(path: string): void {
  const file = join(path, "model.safetensors");
  const bytes = readFileSync(file);
  bytes.writeFloatLE(Number.NaN, bytes.length - 8);
  writeFileSync(file, bytes);
}

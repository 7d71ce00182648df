import { describe, expect, test } from "vitest";

import { configFromHuggingFace } from "../../lib/model/hugging-face-config.js";
import { rotaryFrequencies } from "../../lib/model/rope-scaling.js";

/** Fields as the config.json of published models have them. */
const llama2 = {
  ...{ architectures: ["LlamaForCausalLM"], model_type: "llama", bos_token_id: 1, eos_token_id: 2, hidden_act: "silu" },
  ...{ hidden_size: 5120, intermediate_size: 13824, num_attention_heads: 40, num_hidden_layers: 40, num_key_value_heads: 40 },
  ...{ max_position_embeddings: 4096, rms_norm_eps: 1e-5, rope_scaling: null, tie_word_embeddings: false, vocab_size: 32000 },
  ...{ pretraining_tp: 1, torch_dtype: "float16", use_cache: true, initializer_range: 0.02, quantization_config: null },
};
const llama31 = {
  ...{ ...llama2, num_key_value_heads: 8, max_position_embeddings: 131072, rope_theta: 500000 },
  rope_scaling: {
    ...{ factor: 8, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 },
    rope_type: "llama3",
  },
};
const qwen25 = {
  ...{ ...llama2, architectures: ["Qwen2ForCausalLM"], model_type: "qwen2", num_key_value_heads: 8, rms_norm_eps: 1e-6 },
  ...{ max_window_layers: 28, sliding_window: 131072, use_sliding_window: false, rope_theta: 1000000, tie_word_embeddings: true },
  rope_scaling: { factor: 4, original_max_position_embeddings: 32768, type: "yarn" },
};
const mistral = {
  ...{ ...llama2, architectures: ["MistralForCausalLM"], model_type: "mistral", num_key_value_heads: 8 },
  ...{ max_position_embeddings: 32768, sliding_window: 4096 },
};

describe("a config.json as published models have it", () => {
  test.each([
    ["LLaMA 2 13B", llama2, { architecture: "llama", headWidth: 128, kvHeads: 40, ropeBase: 10_000, tiedOutput: false }],
    ["LLaMA 3.1", llama31, { architecture: "llama", ropeBase: 500_000, ropeScaling: { kind: "llama3", originalContext: 8192 } }],
    ["Qwen 2.5", qwen25, { architecture: "qwen2", qkvBias: true, tiedOutput: true, ropeScaling: { kind: "yarn", betaFast: 32 } }],
    ["Mistral 0.1", mistral, { architecture: "mistral", window: 4096 }],
  ])("%s", (_, json, expected) => expect(configFromHuggingFace("config.json", json)).toMatchObject(expected));

  test("Mistral without a window, and one that doesn't say, which means 4096", () => {
    expect(configFromHuggingFace("config.json", { ...mistral, sliding_window: null })).not.toHaveProperty("window");
    expect(configFromHuggingFace("config.json", { ...mistral, sliding_window: undefined })).toMatchObject({ window: 4096 });
    expect(configFromHuggingFace("config.json", llama2)).not.toHaveProperty("window");
  });
});

describe("scaled frequencies", () => {
  const plain = rotaryFrequencies({ ropeBase: 500_000, headWidth: 128 }).frequencies;

  test("llama 3's keep the high ones and divide the low ones", () => {
    const { frequencies, amplitude } = rotaryFrequencies(configFromHuggingFace("config.json", llama31));
    expect(amplitude).toBe(1);
    expect(frequencies[0]).toBe(plain[0]);
    expect(frequencies[63]).toBe(Math.fround(plain[63] / 8));
    for (const [i, frequency] of frequencies.entries()) expect(frequency).toBeLessThanOrEqual(plain[i]);
  });

  test("yarn's amplitude is 0.1 · ln(factor) + 1", () =>
    expect(rotaryFrequencies(configFromHuggingFace("config.json", qwen25)).amplitude).toBeCloseTo(1 + 0.1 * Math.log(4), 12));

  test("dynamic ones are plain within the stated context", () =>
    expect(
      rotaryFrequencies({ ropeBase: 500_000, headWidth: 128, ropeScaling: { kind: "dynamic", factor: 4 } }).frequencies,
    ).toEqual(plain));
});

import { InputError } from "../../core/errors.js";
import { architectureNamed } from "../../model/architectures/index.js";
import type { ModelConfig } from "../../model/config.js";
import { rotaryFrequencies, type RopeScaling } from "../../model/rope-scaling.js";
import type { ExportSource } from "./export-source.js";

/** The config.json of a model that was read from a GGUF. @throws InputError for rope factors that no config.json can say */
export function huggingFaceConfig(config: ModelConfig, { vocabulary, path }: ExportSource): Readonly<Record<string, unknown>> {
  // a GGUF has Mistral under LLaMA's name; transformers' LLaMA knows no window
  const hasWindow = config.window !== undefined && config.architecture === "llama";
  const { className, modelType } = architectureNamed(hasWindow ? "mistral" : config.architecture);
  const scaling = ropeFields(path, config);
  return {
    architectures: [className],
    model_type: modelType,
    vocab_size: config.vocabulary,
    hidden_size: config.width,
    intermediate_size: config.hidden,
    num_hidden_layers: config.blocks,
    num_attention_heads: config.heads,
    num_key_value_heads: config.kvHeads,
    head_dim: config.headWidth,
    hidden_act: "silu",
    max_position_embeddings: config.context,
    rms_norm_eps: config.normEpsilon,
    rope_theta: config.ropeBase,
    tie_word_embeddings: config.tiedOutput,
    ...(config.architecture === "mistral" || hasWindow ? { sliding_window: config.window ?? null } : {}),
    ...(scaling === undefined ? {} : { rope_scaling: scaling }),
    ...(vocabulary.bos === undefined ? {} : { bos_token_id: vocabulary.bos }),
    ...(vocabulary.eos === undefined ? {} : { eos_token_id: vocabulary.eos }),
  };
}

function ropeFields(path: string, config: ModelConfig): Readonly<Record<string, unknown>> | undefined {
  const { ropeScaling: scaling } = config;
  switch (scaling?.kind) {
    case undefined:
    case "dynamic": // changes nothing within the context
      return undefined;
    case "linear":
      return { rope_type: "linear", factor: scaling.factor };
    case "yarn":
      return {
        rope_type: "yarn",
        factor: scaling.factor,
        beta_fast: scaling.betaFast,
        beta_slow: scaling.betaSlow,
        original_max_position_embeddings: scaling.originalContext,
        attention_factor: scaling.attentionFactor,
        truncate: scaling.truncate,
      };
    case "llama3":
      return llama3Fields(scaling);
    case "factors":
      return llama3Fields(llama3From(path, config, scaling.factors));
  }
}

type Llama3 = Extract<RopeScaling, { kind: "llama3" }>;

const llama3Fields = (scaling: Llama3): Readonly<Record<string, unknown>> => ({
  rope_type: "llama3",
  factor: scaling.factor,
  low_freq_factor: scaling.lowFrequencyFactor,
  high_freq_factor: scaling.highFrequencyFactor,
  original_max_position_embeddings: scaling.originalContext,
});

/** LLaMA 3's published settings, if they give these factors. @throws InputError if they don't */
function llama3From(path: string, config: ModelConfig, factors: readonly number[]): Llama3 {
  const plain = rotaryFrequencies({ ropeBase: config.ropeBase, headWidth: config.headWidth });
  const factor = Math.max(...factors);
  const scaling: Llama3 = { kind: "llama3", factor, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContext: 8192 };
  const scaled = rotaryFrequencies({ ...config, ropeScaling: scaling });
  const differs = (i: number): boolean => Math.abs(plain.frequencies[i] / scaled.frequencies[i] / factors[i] - 1) > 1e-5;
  if (!factors.some((_, i) => differs(i))) return scaling;
  throw new InputError({
    where: `${path}, tensor rope_freqs.weight`,
    found: "factors other than LLaMA 3's",
    expected: "ones that a config.json can say",
    remedy: "export as gguf",
  });
}

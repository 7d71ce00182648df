import type { ModelFile } from "../formats/model-file.js";
import type { ModelConfig } from "./config.js";
import { type Naming, tensorName, weightsFromFile } from "./file-weights.js";
import type { Weights } from "./weights.js";

const NAMES: Naming = {
  whole: { embedding: "model.embed_tokens.weight", outputNorm: "model.norm.weight", output: "lm_head.weight" },
  inBlock: {
    attentionNorm: "input_layernorm.weight",
    q: "self_attn.q_proj.weight",
    k: "self_attn.k_proj.weight",
    v: "self_attn.v_proj.weight",
    qBias: "self_attn.q_proj.bias",
    kBias: "self_attn.k_proj.bias",
    vBias: "self_attn.v_proj.bias",
    o: "self_attn.o_proj.weight",
    feedForwardNorm: "post_attention_layernorm.weight",
    gate: "mlp.gate_proj.weight",
    up: "mlp.up_proj.weight",
    down: "mlp.down_proj.weight",
  },
  blockPrefix: (block) => `model.layers.${block}.`,
  // a tied output matrix may stand in the file as well; old files carry the rotary frequencies, which follow from the configuration
  ignored: /^(lm_head\.weight|model\.layers\.\d+\.self_attn\.rotary_emb\.inv_freq)$/,
};

/**
 * The tensors of a folder of safetensors under our names, read when asked for.
 * @throws InputError if one is missing, has another shape than the configuration says, or isn't known
 */
export const weightsFromHuggingFace = (file: ModelFile, config: ModelConfig): Weights => weightsFromFile(file, config, NAMES);

/** Hugging Face's name of one of our weights: "blocks.0.q" is "model.layers.0.self_attn.q_proj.weight". */
export const huggingFaceName = (name: string): string => tensorName(NAMES, name);

/** The module that a linear layer is there: "blocks.0.q" is "model.layers.0.self_attn.q_proj". */
export const huggingFaceModule = (site: string): string => huggingFaceName(site).replace(/\.weight$/, "");

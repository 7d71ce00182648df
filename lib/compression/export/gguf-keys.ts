import type { GgufValue } from "../../formats/index.js";
import { architectureNamed } from "../../model/architectures/index.js";
import type { ModelConfig } from "../../model/config.js";
import { yarnAmplitude } from "../../model/rope-scaling.js";
import type { ExportSource } from "./export-source.js";
import { sourceName } from "./hugging-face-files.js";
import { vocabularyKeys } from "./gguf-vocabulary.js";

const u32 = (value: number): GgufValue => ({ type: "u32", value });
const f32 = (value: number): GgufValue => ({ type: "f32", value });
const text = (value: string): GgufValue => ({ type: "text", value });

/** What is no longer so in the new file, or speaks of its layout. */
const DROPPED = /^(split\..*|quantize\..*|general\.(file_type|quantization_version|alignment))$/;

/**
 * A GGUF's metadata: the model's own where it came from one, else written from its configuration and vocabulary.
 * @param fileType ggml's number of how most weights are stored   @throws InputError for a vocabulary that a GGUF can't hold
 */
export function ggufKeys(config: ModelConfig, source: ExportSource, fileType: number): ReadonlyMap<string, GgufValue> {
  const own = source.kind === "gguf" ? [...source.keys].filter(([key]) => !DROPPED.test(key)) : writtenKeys(config, source);
  return new Map([...own, ["general.file_type", u32(fileType)], ["general.quantization_version", u32(2)]]);
}

/** GGUFs have Mistral under LLaMA's name. */
export const ggufArchitecture = ({ architecture }: ModelConfig): { readonly name: string; readonly pairedRows: boolean } => {
  const found = architectureNamed(architecture).gguf ?? architectureNamed("llama").gguf;
  if (found === undefined) throw new Error("no architecture of a GGUF");
  return found;
};

function writtenKeys(config: ModelConfig, source: ExportSource): [string, GgufValue][] {
  const { name } = ggufArchitecture(config);
  const fields: Readonly<Record<string, GgufValue>> = {
    context_length: u32(config.context),
    embedding_length: u32(config.width),
    block_count: u32(config.blocks),
    feed_forward_length: u32(config.hidden),
    "attention.head_count": u32(config.heads),
    "attention.head_count_kv": u32(config.kvHeads),
    "attention.key_length": u32(config.headWidth),
    "attention.value_length": u32(config.headWidth),
    "attention.layer_norm_rms_epsilon": f32(config.normEpsilon),
    "rope.dimension_count": u32(config.headWidth),
    "rope.freq_base": f32(config.ropeBase),
    vocab_size: u32(config.vocabulary),
    ...(config.window === undefined ? {} : { "attention.sliding_window": u32(config.window) }),
    ...ropeKeys(config),
  };
  return [
    ["general.architecture", text(name)],
    ["general.type", text("model")],
    ["general.name", text(sourceName(source))],
    ...Object.entries(fields).map(([field, value]): [string, GgufValue] => [`${name}.${field}`, value]),
    ...vocabularyKeys(source),
  ];
}

/** LLaMA 3's scaling is a tensor instead. */
function ropeKeys({ ropeScaling: scaling }: ModelConfig): Readonly<Record<string, GgufValue>> {
  if (scaling?.kind === "linear") return { "rope.scaling.type": text("linear"), "rope.scaling.factor": f32(scaling.factor) };
  if (scaling?.kind !== "yarn") return {};
  return {
    "rope.scaling.type": text("yarn"),
    "rope.scaling.factor": f32(scaling.factor),
    "rope.scaling.original_context_length": u32(scaling.originalContext),
    "rope.scaling.attn_factor": f32(scaling.attentionFactor / yarnAmplitude(scaling.factor)),
    "rope.scaling.yarn_beta_fast": f32(scaling.betaFast),
    "rope.scaling.yarn_beta_slow": f32(scaling.betaSlow),
  };
}

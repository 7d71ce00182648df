import type { ModelFile } from "../formats/model-file.js";
import { architectureNamed } from "./architectures/index.js";
import type { ModelConfig } from "./config.js";
import { type Naming, tensorName, weightsFromFile } from "./file-weights.js";
import type { Weights } from "./weights.js";

const NAMES: Naming = {
  whole: { embedding: "token_embd.weight", outputNorm: "output_norm.weight", output: "output.weight" },
  inBlock: {
    attentionNorm: "attn_norm.weight",
    q: "attn_q.weight",
    k: "attn_k.weight",
    v: "attn_v.weight",
    qBias: "attn_q.bias",
    kBias: "attn_k.bias",
    vBias: "attn_v.bias",
    o: "attn_output.weight",
    feedForwardNorm: "ffn_norm.weight",
    gate: "ffn_gate.weight",
    up: "ffn_up.weight",
    down: "ffn_down.weight",
  },
  blockPrefix: (block) => `blk.${block}.`,
  ignored: /^(rope_freqs\.weight|blk\.\d+\.attn_rot_embd\.weight)$/,
};

/**
 * A GGUF's tensors under our names, read when asked for.
 * @throws InputError if one is missing, has another shape than the configuration says, or isn't known
 */
export function weightsFromGguf(file: ModelFile, config: ModelConfig): Weights {
  const isPaired = architectureNamed(config.architecture).gguf?.pairedRows === true;
  const arrange = (name: string, values: Float32Array): Float32Array =>
    /\.[qk]$/.test(name) ? halvesFromPairs(values, config) : values;
  return weightsFromFile(file, config, isPaired ? { ...NAMES, arrange } : NAMES);
}

/**
 * Rows of a query or key matrix from neighbouring pairs (a GGUF's order for LLaMA models) to halves (transformers' order):
 * within a head, row 2i + j goes to j·D/2 + i. values [heads·D, W] -> [heads·D, W]
 */
export function halvesFromPairs(
  values: Float32Array,
  { headWidth, width }: Pick<ModelConfig, "headWidth" | "width">,
): Float32Array {
  const result = new Float32Array(values.length);
  pairedRows(values.length / width, headWidth).forEach((target, row) =>
    result.set(values.subarray(row * width, (row + 1) * width), target * width),
  );
  return result;
}

/** A GGUF's name of one of our weights: "blocks.0.q" is "blk.0.attn_q.weight". */
export const ggufName = (name: string): string => tensorName(NAMES, name);

/**
 * Where a row of a query or key matrix in halves (our order) comes to stand in neighbouring pairs; undoes `halvesFromPairs`.
 * @returns for each row of the file, ours. [heads·D]
 */
export function pairedRows(rows: number, headWidth: number): Int32Array {
  const half = headWidth / 2;
  return Int32Array.from({ length: rows }, (_, row) => {
    const within = row % headWidth;
    return row - within + (within % 2) * half + (within >> 1);
  });
}

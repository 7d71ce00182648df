import { InputError } from "../core/errors.js";
import type { ModelFile } from "../formats/model-file.js";
import type { ModelConfig } from "./config.js";
import type { Weights } from "./weights.js";

interface Source {
  readonly tensor: string;
  readonly shape: readonly number[];
  /** Query and key rows stand in neighbouring pairs in the file. */
  readonly paired?: boolean;
}

/**
 * A GGUF's tensors under our names, read when asked for.
 * @throws InputError if one is missing or has another shape than the configuration says
 */
export function weightsFromGguf(file: ModelFile, config: ModelConfig): Weights {
  const sources = new Map(Object.entries(sourcesOf(config)));
  for (const source of sources.values()) checkShape(file, source);
  const sourceOf = (name: string): Source => {
    const source = sources.get(name);
    if (source === undefined) throw new Error(`no weight ${name}`);
    return source;
  };
  return {
    names: [...sources.keys()],
    shape: (name) => sourceOf(name).shape,
    read: async (name) => {
      const { tensor, paired } = sourceOf(name);
      const values = await file.read(tensor);
      return paired === true ? halvesFromPairs(values, config) : values;
    },
  };
}

function sourcesOf(config: ModelConfig): Record<string, Source> {
  const { width, hidden, vocabulary, heads, kvHeads, headWidth } = config;
  const [queries, keys] = [heads * headWidth, kvHeads * headWidth];
  const sources: Record<string, Source> = {
    embedding: { tensor: "token_embd.weight", shape: [vocabulary, width] },
    outputNorm: { tensor: "output_norm.weight", shape: [width] },
  };
  if (!config.tiedOutput) sources["output"] = { tensor: "output.weight", shape: [vocabulary, width] };
  for (let block = 0; block < config.blocks; block++) {
    const add = (name: string, tensor: string, rest: Omit<Source, "tensor">): void => {
      sources[`blocks.${block}.${name}`] = { tensor: `blk.${block}.${tensor}.weight`, ...rest };
    };
    add("attentionNorm", "attn_norm", { shape: [width] });
    add("q", "attn_q", { shape: [queries, width], paired: true });
    add("k", "attn_k", { shape: [keys, width], paired: true });
    add("v", "attn_v", { shape: [keys, width] });
    add("o", "attn_output", { shape: [width, queries] });
    add("feedForwardNorm", "ffn_norm", { shape: [width] });
    add("gate", "ffn_gate", { shape: [hidden, width] });
    add("up", "ffn_up", { shape: [hidden, width] });
    add("down", "ffn_down", { shape: [width, hidden] });
  }
  return sources;
}

function checkShape(file: ModelFile, { tensor, shape }: Source): void {
  const info = file.tensors.get(tensor);
  if (info !== undefined && info.shape.length === shape.length && info.shape.every((size, i) => size === shape[i])) return;
  throw new InputError({
    where: `${file.path}, tensor ${tensor}`,
    found: info === undefined ? "none" : `shape [${info.shape.join(", ")}]`,
    expected: `shape [${shape.join(", ")}], as the metadata says`,
  });
}

/**
 * Rows of a query or key matrix from neighbouring pairs (a GGUF's order for LLaMA models) to halves (transformers' order):
 * within a head, row 2i + j goes to j·D/2 + i. values [heads·D, W] -> [heads·D, W]
 */
export function halvesFromPairs(
  values: Float32Array,
  { headWidth, width }: Pick<ModelConfig, "headWidth" | "width">,
): Float32Array {
  const half = headWidth / 2;
  const rows = values.length / width;
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    const within = row % headWidth;
    const target = row - within + (within % 2) * half + (within >> 1);
    result.set(values.subarray(row * width, (row + 1) * width), target * width);
  }
  return result;
}

import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { createRandom } from "../../../lib/core/random.js";
import { floatToBfloat, type SafetensorsSource, writeSafetensorsModel } from "../../../lib/formats/index.js";

/** Of LLaMA-2 7B but for the vocabulary, which compression never reads. */
const SHAPE = { width: 4096, hidden: 11_008, heads: 32, vocabulary: 48, context: 4096 };
const FIXTURE = fileURLToPath(new URL("../../parity/architectures/llama/", import.meta.url));

/** Writes a model of LLaMA-2 7B's blocks with random weights, bfloat16, as a folder that `loadModel` reads. */
export async function writeLargeModel(folder: string, blocks: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const file of ["tokenizer.json", "tokenizer_config.json", "generation_config.json"])
    copyFileSync(join(FIXTURE, file), join(folder, file));
  const { width, hidden, heads, vocabulary, context } = SHAPE;
  const config = {
    ...{ architectures: ["LlamaForCausalLM"], model_type: "llama", hidden_act: "silu", dtype: "bfloat16", rms_norm_eps: 1e-5 },
    ...{ hidden_size: width, intermediate_size: hidden, num_attention_heads: heads, num_key_value_heads: heads },
    ...{ num_hidden_layers: blocks, vocab_size: vocabulary, max_position_embeddings: context, tie_word_embeddings: false },
    ...{ bos_token_id: 0, eos_token_id: 1, rope_theta: 10_000 },
  };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  const layers = Array.from({ length: blocks }, (_, block) => blockTensors(`model.layers.${block}`)).flat();
  const ends = [random("model.embed_tokens.weight", [vocabulary, width], 1), random("lm_head.weight", [vocabulary, width], 0.02)];
  const written = writeSafetensorsModel(folder, [...ends, ones("model.norm.weight"), ...layers]);
  while ((await written.next()).done !== true);
}

function blockTensors(at: string): SafetensorsSource[] {
  const { width, hidden } = SHAPE;
  const square = ["q_proj", "k_proj", "v_proj", "o_proj"].map((name) =>
    random(`${at}.self_attn.${name}.weight`, [width, width], 0.02),
  );
  const wide = ["gate_proj", "up_proj"].map((name) => random(`${at}.mlp.${name}.weight`, [hidden, width], 0.02));
  const norms = ["input_layernorm", "post_attention_layernorm"].map((name) => ones(`${at}.${name}.weight`));
  return [...norms, ...square, ...wide, random(`${at}.mlp.down_proj.weight`, [width, hidden], 0.02)];
}

/** Uniform numbers with this standard deviation. */
function random(name: string, shape: readonly number[], deviation: number): SafetensorsSource {
  const count = shape.reduce((product, size) => product * size, 1);
  const data = (): Uint16Array => {
    const source = createRandom(name);
    const reach = deviation * Math.sqrt(12);
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) values[i] = (source.uniform() - 0.5) * reach;
    return floatToBfloat(values);
  };
  return { name, storage: "BF16", shape, data: () => Promise.resolve(data()) };
}

const ones = (name: string): SafetensorsSource => ({
  ...{ name, storage: "BF16", shape: [SHAPE.width] },
  data: () => Promise.resolve(floatToBfloat(new Float32Array(SHAPE.width).fill(1))),
});

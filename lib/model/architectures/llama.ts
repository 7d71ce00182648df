import type { Architecture } from "./architecture.js";

/** LLaMA 1 to 3, Vicuna, TinyLlama, SmolLM. Touvron et al. 2023. Its GGUFs may carry a window: Mistral comes under this name. */
export const llama: Architecture = {
  name: "llama",
  modelType: "llama",
  className: "LlamaForCausalLM",
  gguf: { name: "llama", pairedRows: true },
  qkvBias: false,
  standard: { ropeBase: 10_000, normEpsilon: 1e-6, kvHeads: "heads" },
  window: () => undefined,
  only: { hidden_act: ["silu"], attention_bias: [false], mlp_bias: [false] },
};

import type { Architecture } from "./architecture.js";

/** Qwen2 and Qwen2.5: LLaMA with biases of queries, keys and values. Qwen team 2024. */
export const qwen2: Architecture = {
  name: "qwen2",
  modelType: "qwen2",
  className: "Qwen2ForCausalLM",
  gguf: { name: "qwen2", pairedRows: false },
  qkvBias: true,
  standard: { ropeBase: 10_000, normEpsilon: 1e-6, kvHeads: 32 },
  window: () => undefined,
  only: { hidden_act: ["silu"], use_sliding_window: [false] },
};

import type { Architecture } from "./architecture.js";

/** Mistral 7B: LLaMA with a sliding window. Jiang et al. 2023. */
export const mistral: Architecture = {
  name: "mistral",
  modelType: "mistral",
  className: "MistralForCausalLM",
  qkvBias: false,
  standard: { ropeBase: 10_000, normEpsilon: 1e-6, kvHeads: 8 },
  window: ({ sliding_window }) => (sliding_window === undefined ? 4_096 : (sliding_window ?? undefined)),
  only: { hidden_act: ["silu"] },
};

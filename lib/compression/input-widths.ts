import type { ModelConfig } from "../model/config.js";

/** Numbers of inputs that a model's linear layers have, each once. */
export function inputWidths({ width, heads, headWidth, hidden }: ModelConfig): number[] {
  return [...new Set([width, heads * headWidth, hidden])];
}

import type { ModelConfig } from "./config.js";

/** The names of a model's weights (`Weights` lists them) and their shapes. */
export function weightShapes(config: ModelConfig): Map<string, readonly number[]> {
  const { width, hidden, vocabulary, heads, kvHeads, headWidth } = config;
  const [queries, keys] = [heads * headWidth, kvHeads * headWidth];
  const inBlock: Record<string, readonly number[]> = {
    attentionNorm: [width],
    q: [queries, width],
    k: [keys, width],
    v: [keys, width],
    ...(config.qkvBias === true ? { qBias: [queries], kBias: [keys], vBias: [keys] } : {}),
    o: [width, queries],
    feedForwardNorm: [width],
    gate: [hidden, width],
    up: [hidden, width],
    down: [width, hidden],
  };
  const shapes = new Map<string, readonly number[]>([
    ["embedding", [vocabulary, width]],
    ["outputNorm", [width]],
  ]);
  if (!config.tiedOutput) shapes.set("output", [vocabulary, width]);
  for (let block = 0; block < config.blocks; block++) {
    for (const [name, shape] of Object.entries(inBlock)) shapes.set(`blocks.${block}.${name}`, shape);
  }
  return shapes;
}

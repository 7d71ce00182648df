/** The list of architectures: one line each, nothing else to register. */
export { llama } from "./llama.js";
export { mistral } from "./mistral.js";
export { qwen2 } from "./qwen2.js";

/** The list of formats: one line each, nothing else to register. */
export { gguf } from "./gguf.js";
export { safetensors } from "./safetensors.js";

/** The list of export formats: one line each, nothing else to register. */
export { awq } from "./awq.js";
export { gguf } from "./gguf.js";
export { gptq } from "./gptq.js";
export { safetensors } from "./safetensors.js";

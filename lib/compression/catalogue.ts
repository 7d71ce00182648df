/** The list of compression methods: one line each, nothing else to register. */
export { awq } from "./quantization/awq.js";
export { gptq } from "./quantization/gptq.js";
export { magnitude } from "./pruning/magnitude.js";
export { rtn } from "./quantization/round-to-nearest.js";
export { sparsegpt } from "./pruning/sparsegpt.js";
export { wanda } from "./pruning/wanda.js";

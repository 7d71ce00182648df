export { HIDDEN } from "./attention.js";
export type { ModelConfig } from "./config.js";
export { Decoder, type Step } from "./decoder.js";
export type { Precision } from "./decoder-graph.js";
export { type KnownModel, knownModelPath, knownModels } from "./known-models.js";
export { allSites, LINEAR_KINDS, type LinearKind, SHARED_INPUTS, siteName } from "./linear-sites.js";
export { loadModel, type LoadSettings } from "./load-model.js";
export type { Model } from "./model.js";
export { overlay, type Weights } from "./weights.js";

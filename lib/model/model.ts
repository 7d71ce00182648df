import type { ChatTemplate } from "../text/message.js";
import type { Tokenizer } from "../text/tokenizer.js";
import type { ModelConfig } from "./config.js";
import type { Precision } from "./decoder-graph.js";
import type { Weights } from "./weights.js";

/** Weights, configuration, tokenizer and chat template of one model file. */
export interface Model {
  /** Short and stable, the first part of its variants' ids: "smollm2", and "smollm2+bf16" where it answers otherwise. */
  readonly name: string;
  /** As the file calls itself: "SmolLM2 135M Instruct". */
  readonly title: string;
  /** SHA-256 of the file, in hex: the model's identity in every record. */
  readonly digest: string;
  /** How most of its linear layers are stored: "Q4_1". */
  readonly storage: string;
  /** Number of weights. */
  readonly parameters: number;
  readonly path: string;
  /** Size of the file in bytes. */
  readonly bytes: number;
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly tokenizer: Tokenizer;
  readonly chat: ChatTemplate;
  /** What its matrices are rounded to where it answers; never where it is compressed. */
  readonly precision: Precision;
  close(): Promise<void>;
}

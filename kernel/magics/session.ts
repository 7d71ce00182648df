import type { Engine, Model, Study, Variant } from "../../lib/index.js";

/** What magics leave for later magics of the same kernel. One for each runner process. */
export interface Session {
  /** Names of all magics, sorted. */
  readonly magicNames: readonly string[];
  /** The model that variants are made from. */
  model: Model | undefined;
  /** Runs the model's variants in turn; opened when something is first asked. */
  engine: Engine | undefined;
  /** Variants of the model by name, dense first. */
  readonly variants: Map<string, Variant>;
  /** Where records go; opened when the first is made or read. */
  study: Study | undefined;
}

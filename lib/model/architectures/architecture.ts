/** What tells one LLaMA-type architecture from another; the blocks are shared. */
export interface Architecture {
  readonly name: string;
  /** `model_type` in a config.json. */
  readonly modelType: string;
  /** In a config.json's `architectures`. */
  readonly className: string;
  /** `general.architecture` of its GGUFs, where it has one of its own. */
  readonly gguf?: {
    readonly name: string;
    /** Query and key rows stand in neighbouring pairs there, not in halves. */
    readonly pairedRows: boolean;
  };
  /** Query, key and value projections have biases. */
  readonly qkvBias: boolean;
  /** What a config.json that lacks the field means. */
  readonly standard: { readonly ropeBase: number; readonly normEpsilon: number; readonly kvHeads: number | "heads" };
  /** The sliding window that a config.json asks for; undefined for none. */
  readonly window: (fields: WindowFields) => number | undefined;
  /** Fields of a config.json that must have one of these values or be absent: what else they may say isn't run. */
  readonly only: Readonly<Record<string, readonly (string | number | boolean | null)[]>>;
}

/** Fields of a config.json that say how far back attention sees. */
export interface WindowFields {
  readonly sliding_window?: number | null | undefined;
}

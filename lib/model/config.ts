/** The sizes and constants of a LLaMA-type decoder. */
export interface ModelConfig {
  readonly architecture: "llama";
  readonly vocabulary: number;
  /** Width of the residual stream. */
  readonly width: number;
  /** Number of decoder blocks. */
  readonly blocks: number;
  /** Query heads. */
  readonly heads: number;
  /** Key and value heads; a divisor of `heads` (grouped-query attention). */
  readonly kvHeads: number;
  readonly headWidth: number;
  /** Width of the gated feed-forward layer. */
  readonly hidden: number;
  /** Epsilon of the RMS norms. */
  readonly normEpsilon: number;
  /** Base of the rotary embedding's frequencies. */
  readonly ropeBase: number;
  /** Largest number of positions. */
  readonly context: number;
  /** The output matrix is the embedding. */
  readonly tiedOutput: boolean;
}

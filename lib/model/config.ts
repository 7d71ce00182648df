import type { ArchitectureName } from "./architectures/index.js";
import type { RopeScaling } from "./rope-scaling.js";

/** The sizes and constants of a LLaMA-type decoder. */
export interface ModelConfig {
  readonly architecture: ArchitectureName;
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
  /** How the rotary embedding was stretched to a longer context than the model was first trained on; absent where it wasn't. */
  readonly ropeScaling?: RopeScaling;
  /** How many tokens attention sees, the current one included; absent where it sees all. */
  readonly window?: number;
  /** Query, key and value projections have biases. */
  readonly qkvBias?: boolean;
  /** Largest number of positions. */
  readonly context: number;
  /** The output matrix is the embedding. */
  readonly tiedOutput: boolean;
}

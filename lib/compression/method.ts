import type { Plain } from "../core/fingerprint.js";
import { breathe } from "../core/progress.js";
import type { ModelConfig } from "../model/config.js";
import type { BlockRunner } from "../model/block-runner.js";
import { LINEAR_KINDS } from "../model/linear-sites.js";
import type { LinearKind } from "../model/linear-sites.js";
import type { MatrixScales, StoredMatrix, WeightMatrix } from "./stored-matrix.js";

/** A method's settings: plain, as a recipe holds them. */
export type MethodSettings = Readonly<Record<string, Plain>>;

/** What settings mean for a variant's name and row. */
export interface VariantFigures {
  /** Readable and stable: "rtn-4bit-g64". */
  readonly name: string;
  readonly bits: number | null;
  readonly pattern: string | null;
  readonly group: number | "channel" | null;
  /** Nominal rate: bits/16, or 1 − the sparsity asked for. */
  readonly rate: number;
}

/** What the calibration set showed of one input, which several linear layers may share: columns x of X [width, tokens]. */
export interface InputStatistics {
  readonly width: number;
  readonly tokens: number;
  /** [width] the mean of each entry's square */
  readonly meanSquares: Float32Array;
  /** [width · width] 2/tokens · XXᵀ, symmetric; absent unless the method needs "hessian" or "activations" */
  readonly hessian?: Float32Array | undefined;
}

/** What a method that searches with the activations works with. */
export interface BlockActivations {
  /** With the block's dense weights in place: inputs of its layers, and trials of other weights. */
  readonly runner: BlockRunner;
  /** Tokens of the whole set. */
  readonly tokens: number;
  /** Hidden states in front of the block, [W, tokens of the chunk], all of one size; each call begins anew. */
  chunks(): AsyncIterable<Float32Array>;
  /** One of the block's vectors; undefined where the architecture has none. */
  vector(name: BlockVector): Promise<Float32Array | undefined>;
}

/** One decoder block's linear layers, before they are compressed. */
export interface BlockInput {
  readonly block: number;
  /** The layers to compress; others stay dense. */
  readonly kinds: readonly LinearKind[];
  read(kind: LinearKind): Promise<WeightMatrix>;
  /** What the layer's inputs are like behind the compressed blocks before. @throws Error if the method needs "nothing" */
  statistics(kind: LinearKind): Promise<InputStatistics>;
  /** The calibration set itself, in front of the block; absent unless the method needs "activations". */
  readonly activations?: BlockActivations | undefined;
}

/** The vectors of a block that a method may replace together with its matrices. */
export const BLOCK_VECTORS = ["attentionNorm", "feedForwardNorm", "vBias"] as const;
/** One of them. */
export type BlockVector = (typeof BLOCK_VECTORS)[number];

/** A linear layer after compression. */
export interface CompressedLinear {
  readonly kind: LinearKind;
  readonly dense: WeightMatrix;
  readonly stored: StoredMatrix;
  /** Where the stored matrix is another one than the dense: how it was scaled. The block computes the same by other means. */
  readonly scales?: MatrixScales | undefined;
  /** Vectors of the block that take part in that, each replaced as a whole. */
  readonly vectors?: Readonly<Partial<Record<BlockVector, Float32Array>>> | undefined;
  /** What a person should know: that damping was raised, and to what. */
  readonly notes?: readonly string[] | undefined;
}

/** How a model is compressed. A new method is one file and one line in catalogue.ts. */
export interface CompressionMethod<Settings extends MethodSettings = MethodSettings> {
  /** As in recipes and on the command line. */
  readonly name: string;
  readonly kind: "prune" | "quantize";
  /** One line for help. */
  readonly summary: string;
  /** What of the calibration set it looks at. */
  readonly needs: "nothing" | "input-norms" | "hessian" | "activations";
  /** All settings with their standard values; null is put in by `complete`. */
  readonly defaults: Settings;
  /** Checks settings against a model and fills in what depends on it. @throws InputError naming the setting and what would do */
  complete(settings: Settings, config: ModelConfig): Settings;
  figures(settings: Settings): VariantFigures;
  /**
   * For a method that must know all weights first (one threshold for the model): looks at the layers to compress, which can be
   * gone through as often as it likes, and gives the settings that `compressBlock` gets. Not part of the recipe.
   */
  prepare?(layers: () => AsyncIterable<WeightMatrix>, settings: Settings): Promise<Settings>;
  /** The layers of one block, in the order of `kinds`; each can be stored and let go before the next. */
  compressBlock(block: BlockInput, settings: Settings): AsyncIterable<CompressedLinear>;
}

/** The statistics of a block whose method needs none. */
export const noStatistics = (): Promise<InputStatistics> => Promise.reject(new Error("this method was given no calibration"));

/** A function of single matrices as a method's `compressBlock`. */
export function eachLinear<Settings>(compress: (weight: WeightMatrix, settings: Settings) => StoredMatrix) {
  return async function* (block: BlockInput, settings: Settings): AsyncGenerator<CompressedLinear> {
    for (const kind of LINEAR_KINDS.filter((each) => block.kinds.includes(each))) {
      const dense = await block.read(kind);
      yield { kind, dense, stored: compress(dense, settings) };
      await breathe();
    }
  };
}

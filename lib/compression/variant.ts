import type { Model } from "../model/model.js";
import type { Weights } from "../model/weights.js";
import type { Recipe } from "./recipe.js";

/** What a compression did to one linear layer. */
export interface LayerReport {
  /** "blocks.3.down". */
  readonly site: string;
  /** Share of weights that are zero, 0–1. */
  readonly sparsity: number;
  /** Effective bits a weight, with scales and zero points. */
  readonly bitsPerWeight: number;
  /** ‖W′ − W‖ / ‖W‖ (Frobenius). */
  readonly relativeError: number;
  readonly storedBytes: number;
}

/** A compression in figures; plain, kept in study.json. */
export interface VariantSummary {
  readonly method: string;
  readonly bits: number | null;
  /** "50%", "2:4"; null if nothing is pruned. */
  readonly pattern: string | null;
  /** Inputs a group, "channel", or null where nothing is quantized. */
  readonly group: number | "channel" | null;
  /** Share of zeros over all linear layers, 0–1. */
  readonly sparsity: number;
  /** Nominal rate, the paper's axis: bits/16, or 1 − sparsity asked for; 1 for dense. */
  readonly rate: number;
  /** Effective bits a weight over all linear layers, with scales and zero points. */
  readonly bitsPerWeight: number;
  /** Bytes of the whole model stored compactly: linear layers as reported, all else as in the model's file. */
  readonly storedBytes: number;
  /** Mean over the linear layers of ‖W′ − W‖ / ‖W‖. */
  readonly relativeError: number;
  /** Wall time of making it, also when it came from the cache. */
  readonly seconds: number;
}

/** A model after one recipe. */
export interface Variant {
  /** Readable and stable: "smollm2/rtn-4bit-g64". */
  readonly id: string;
  /** The id's second part. */
  readonly name: string;
  /** For tables: the name, and for dense what it comes from: "dense (from Q4_1)". */
  readonly title: string;
  readonly model: Model;
  readonly recipe: Recipe;
  readonly weights: Weights;
  readonly summary: VariantSummary;
  readonly layers: readonly LayerReport[];
}

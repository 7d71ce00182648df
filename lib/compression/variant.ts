import { z } from "zod";

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
  /** ‖(W′ − W)X‖ / ‖WX‖ on the calibration set; null where the method made no Hessian of its inputs. */
  readonly outputError: number | null;
  readonly storedBytes: number;
  /** What a person should know: that damping was raised, and to what. */
  readonly notes: readonly string[];
}

/** A compression in figures; plain, kept in study.json and beside the cached weights. */
export const VariantSummary = z.object({
  method: z.string(),
  bits: z.number().nullable(),
  /** "50%", "2:4"; null if nothing is pruned. */
  pattern: z.string().nullable(),
  /** Inputs a group, "channel", or null where nothing is quantized. */
  group: z.union([z.number(), z.literal("channel")]).nullable(),
  /** Share of zeros over all linear layers, 0–1. */
  sparsity: z.number(),
  /** Nominal rate, the paper's axis: bits/16, or 1 − sparsity asked for; 1 for dense. */
  rate: z.number(),
  /** Effective bits a weight over all linear layers, with scales and zero points. */
  bitsPerWeight: z.number(),
  /** Bytes of the whole model stored compactly: linear layers as reported, all else as in the model's file. */
  storedBytes: z.number(),
  /** Mean over the linear layers of ‖W′ − W‖ / ‖W‖. */
  relativeError: z.number(),
  /** Wall time of making it, also when it came from the cache. */
  seconds: z.number(),
  /** The most memory that this process held while it was made, in bytes; null where nothing was made or it is not known. */
  peakBytes: z.number().nullable().default(null),
});
/** What `VariantSummary` describes. */
export type VariantSummary = Readonly<z.infer<typeof VariantSummary>>;

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

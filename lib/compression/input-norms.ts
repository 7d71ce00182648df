import { InputError } from "../core/errors.js";
import type { Task } from "../core/progress.js";
import { SHARED_INPUTS } from "../model/linear-sites.js";
import { INPUT_GROUPS } from "../model/index.js";
import type { Model } from "../model/model.js";
import { LINEAR_KINDS } from "../model/linear-sites.js";
import type { CalibrationSet } from "./calibration/calibration-set.js";
import type { Variant } from "./variant.js";
import { BlockWalk, type WalkOptions } from "./walk/block-walk.js";

/** What the linear layers of a block that share an input see of a set of tokens. */
export interface InputNorms {
  readonly block: number;
  /** The layers that share it: "q, k, v". */
  readonly layers: string;
  /** [width] root mean square of each channel over the tokens */
  readonly norms: Float64Array;
}

/**
 * The size of every input channel of every linear layer, as the variant itself computes it: behind its own blocks and with its own
 * weights. Sums are float32 over chunks of tokens. Of a method that moves scales between layers (AWQ) the inputs are the scaled ones.
 * @param variant dense or compressed   @returns blocks in order, each with its inputs in the order of computation
 * @throws InterruptedError between two chunks; InputError where a channel overflows
 */
export async function* inputNorms(
  variant: Pick<Variant, "model" | "weights" | "title">,
  set: CalibrationSet,
  options: WalkOptions = {},
): Task<readonly InputNorms[]> {
  const model: Model = { ...variant.model, weights: variant.weights };
  const { blocks } = model.config;
  const walk = await BlockWalk.open(model, set, options);
  const found: InputNorms[] = [];
  try {
    for (let block = 0; block < blocks; block++) {
      yield { stage: "activations", done: block, total: blocks, note: variant.title };
      await walk.gather(LINEAR_KINDS, "squares");
      for (const group of INPUT_GROUPS) {
        const { meanSquares } = walk.statistics(group);
        const layers = SHARED_INPUTS.find((sharing) => sharing.includes(group)) ?? [group];
        found.push({ block, layers: layers.join(", "), norms: rootsOf(meanSquares, `${variant.title}, block ${block}`) });
      }
      if (block + 1 < blocks) await walk.advance(model.weights);
    }
    return found;
  } finally {
    await walk.close();
  }
}

function rootsOf(meanSquares: Float32Array, where: string): Float64Array {
  if (meanSquares.every(Number.isFinite)) return Float64Array.from(meanSquares, Math.sqrt);
  throw new InputError({ where, found: "activations that are no finite numbers", expected: "finite ones" });
}

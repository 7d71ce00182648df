import { breathe } from "../../core/progress.js";
import { InputError } from "../../core/errors.js";
import { LINEAR_KINDS, siteName } from "../../model/linear-sites.js";
import type { BlockInput, CompressedLinear, CompressionMethod } from "../method.js";
import type { MaskedMatrix, WeightMatrix } from "../stored-matrix.js";
import { keepByRow } from "./keep-by-row.js";
import { keepMask } from "./keep-mask.js";
import { completePruner, prunerFigures } from "./pruner-settings.js";
import type { PrunerSettings } from "./pruner-settings.js";
import { parsePattern } from "./sparsity-pattern.js";

const WHERE = "compression method wanda";

/** The weights of each output that do least with its inputs as they are go; the others stay as they are. */
export const wanda: CompressionMethod<PrunerSettings> = {
  name: "wanda",
  kind: "prune",
  summary: "Wanda: in each output, the smallest weights times their inputs' norms become zero",
  needs: "input-norms",
  defaults: { pattern: "50%" },
  complete: (settings, config) => completePruner(WHERE, settings, config),
  figures: (settings) => prunerFigures(WHERE, settings),
  compressBlock: pruneBlock,
};

async function* pruneBlock(block: BlockInput, settings: PrunerSettings): AsyncGenerator<CompressedLinear> {
  for (const kind of LINEAR_KINDS.filter((each) => block.kinds.includes(each))) {
    const { meanSquares } = await block.statistics(kind);
    if (!meanSquares.every(Number.isFinite)) {
      throw new InputError({
        where: `inputs of ${siteName(block.block, kind)}`,
        found: "numbers that are not finite",
        expected: "finite activations on the calibration set",
      });
    }
    const dense = await block.read(kind);
    yield { kind, dense, stored: pruneByWanda(dense, meanSquares, settings) };
    await breathe();
  }
}

/**
 * An unstructured share is taken from every output alone, ⌊I · share⌋ weights of each.
 * @param weight [O, I]   @param meanSquares [I] of the inputs
 */
export function pruneByWanda(weight: WeightMatrix, meanSquares: Float32Array, { pattern }: PrunerSettings): MaskedMatrix {
  const { rows, cols } = weight;
  const parsed = parsePattern(WHERE, pattern);
  const scores = wandaScores(weight, meanSquares);
  const mask = parsed.kind === "n:m" ? keepMask(scores, parsed) : keepByRow(scores, cols, Math.floor(cols * parsed.ratio));
  return { kind: "masked", rows, cols, mask };
}

/** |w| · ‖x‖₂, but for a factor common to all. weight [O, I] -> [O, I]. Sun et al. 2024 (Wanda), equation 1. */
function wandaScores({ rows, cols, values }: WeightMatrix, meanSquares: Float32Array): Float32Array {
  const norms = meanSquares.map(Math.sqrt);
  const scores = new Float32Array(values.length);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++, i++) scores[i] = Math.abs(values[i]) * norms[col];
  }
  return scores;
}

import { breathe } from "../../core/progress.js";
import { SHARED_INPUTS, siteName } from "../../model/linear-sites.js";
import type { BlockInput, CompressedLinear } from "../method.js";
import type { StoredMatrix, WeightMatrix } from "../stored-matrix.js";
import { prepareHessian } from "./hessian.js";
import type { HessianSettings, PreparedHessian } from "./hessian.js";

/**
 * A function of a weight and its input's Hessian as a method's `compressBlock`. Layers that share an input share the prepared
 * Hessian: its dead columns, damping and order depend on the input alone.
 */
export async function* eachWithHessian(
  block: BlockInput,
  settings: HessianSettings,
  compress: (weight: WeightMatrix, hessian: PreparedHessian) => Promise<StoredMatrix>,
): AsyncGenerator<CompressedLinear> {
  for (const sharing of SHARED_INPUTS) {
    const kinds = sharing.filter((kind) => block.kinds.includes(kind));
    if (kinds.length === 0) continue;
    const site = siteName(block.block, kinds[0]);
    const { notes, ...hessian } = await prepareHessian(await block.statistics(kinds[0]), settings, site);
    for (const kind of kinds) {
      const dense = await block.read(kind);
      const stored = await compress(dense, { ...hessian, notes });
      yield { kind, dense, stored, notes: kind === kinds[0] ? notes : [] };
      await breathe();
    }
  }
}

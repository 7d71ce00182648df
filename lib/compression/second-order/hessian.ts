import { InputError } from "../../core/errors.js";
import { inverseFactorInto } from "../../tensor/cholesky.js";
import type { InputStatistics } from "../method.js";

/** How a Hessian is made ready for a walk along the columns. */
export interface HessianSettings {
  /** Share of the diagonal's mean that is added to the diagonal (percdamp). */
  readonly damp: number;
  /** Columns of the largest diagonal entry first. */
  readonly actOrder: boolean;
}

/** The Hessian of a layer's input as GPTQ and SparseGPT use it. "Columns" are inputs in the order in which they are walked. */
export interface PreparedHessian {
  readonly width: number;
  /** [I] the input at each column */
  readonly order: Int32Array;
  /** [I] by input: 1 where it was always 0, so that its weights don't matter */
  readonly dead: Uint8Array;
  /** [I · I] lower triangular F by columns: Fᵀ is the upper Cholesky factor of the damped Hessian's inverse */
  readonly factor: Float32Array;
  /** That damping was raised, and to what. */
  readonly notes: readonly string[];
}

const { fround } = Math;
/** Damping is raised so many times, tenfold, before it is given up. */
const RAISES = 4;
const LEAST_RAISE = 1e-4;

/**
 * Dead inputs get 1 on the diagonal, the diagonal is damped, columns are ordered, the inverse is factored. Where the damped
 * Hessian is not positive definite, damping is raised tenfold, up to 1,000 times the diagonal's mean at most, and noted.
 * @param site the layer, for errors and notes: "blocks.3.down"
 * @throws InputError naming the layer if the statistics hold NaN or no damping helps
 * @see Frantar et al. 2023 (GPTQ), section 3.3, steps 1–3
 */
export async function prepareHessian(
  { width, hessian }: InputStatistics,
  { damp, actOrder }: HessianSettings,
  site: string,
): Promise<PreparedHessian> {
  if (hessian === undefined) throw new Error(`no Hessian of the inputs of ${site}`);
  const diagonal = Float32Array.from({ length: width }, (_, i) => hessian[i * width + i]);
  if (!diagonal.every(Number.isFinite)) {
    throw new InputError({
      where: `inputs of ${site}`,
      found: "numbers that are not finite",
      expected: "finite activations on the calibration set",
      remedy: "check the model's weights in the blocks before",
    });
  }
  const dead = Uint8Array.from(diagonal, (value) => (value === 0 ? 1 : 0));
  for (let i = 0; i < width; i++) if (dead[i] === 1) diagonal[i] = 1;
  const order = columnOrder(diagonal, actOrder);
  const { factor, used } = await factorDamped({ hessian, diagonal, order, damp }, site);
  const notes = used === damp ? [] : [`${site}: damping was raised from ${damp} to ${used}`];
  return { width, order, dead, factor, notes };
}

function columnOrder(diagonal: Float32Array, actOrder: boolean): Int32Array {
  const order = Int32Array.from(diagonal.keys());
  return actOrder ? order.sort((a, b) => diagonal[b] - diagonal[a] || a - b) : order;
}

interface Undamped {
  readonly hessian: Float32Array;
  readonly diagonal: Float32Array;
  readonly order: Int32Array;
  readonly damp: number;
}

async function factorDamped(undamped: Undamped, site: string): Promise<{ factor: Float32Array; used: number }> {
  let used = undamped.damp;
  for (let raise = 0; raise <= RAISES; raise++) {
    const factor = damped(undamped, used);
    if (await inverseFactorInto(factor, undamped.order.length)) return { factor, used };
    if (raise < RAISES) used = Number((Math.max(used, LEAST_RAISE) * 10).toPrecision(6));
  }
  throw new InputError({
    where: `inputs of ${site}`,
    found: `a Hessian that is not positive definite, also with ${used} of its mean diagonal added`,
    expected: "one that can be inverted",
    remedy: "take more or other calibration text, or keep the layer dense",
  });
}

/** The Hessian by columns, damped. -> [I · I] */
function damped({ hessian, diagonal, order }: Undamped, damp: number): Float32Array {
  const width = order.length;
  const added = fround(damp * fround(diagonal.reduce((sum, value) => sum + value, 0) / width));
  const out = new Float32Array(width * width);
  for (let i = 0; i < width; i++) {
    const from = order[i] * width;
    for (let j = 0; j < i; j++) {
      const value = hessian[from + order[j]];
      out[i * width + j] = value;
      out[j * width + i] = value;
    }
    out[i * width + i] = fround(diagonal[order[i]] + added);
  }
  return out;
}

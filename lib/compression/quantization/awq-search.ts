import { breathe } from "../../core/progress.js";
import type { InputGroup, TrialPart } from "../../model/block-graph.js";
import type { LinearKind } from "../../model/linear-sites.js";
import { product } from "../../tensor/matrix-product.js";
import type { BlockInput, InputActivations, PartTrials } from "../method.js";
import type { WeightMatrix } from "../stored-matrix.js";
import type { GroupSettings } from "./awq-grid.js";
import { RATIOS, scalesAt, trialWeights } from "./awq-scales.js";

/** Candidates whose errors are sums over the same parts; no part of an error is below 0. */
export interface Contest {
  readonly candidates: number;
  readonly parts: number;
  error(candidate: number, part: number): Promise<number>;
}

/**
 * The candidate of the least error, the first of equals: always the one with the least error so far is carried on, so that it has
 * won when none of its parts is left. The others' errors are never summed up beyond the winner's.
 */
export async function leastError({ candidates, parts, error }: Contest): Promise<number> {
  const sums = new Float64Array(candidates);
  const done = new Uint32Array(candidates);
  for (;;) {
    const first = sums.indexOf(sums.reduce((least, sum) => Math.min(least, sum), Infinity));
    if (first < 0) throw new Error("errors that are no numbers");
    if (done[first] === parts) return first;
    sums[first] += await error(first, done[first]++);
    await breathe();
  }
}

/** A block's layers whose input is scaled together, if all of them are compressed. */
interface ScaledGroup {
  readonly group: InputGroup;
  /** The layers that the scales multiply, and the one before that takes them back, where it isn't a norm. */
  readonly kinds: readonly LinearKind[];
  readonly before?: LinearKind;
  /** The part of the block whose output is judged; else the layer's own. */
  readonly part?: TrialPart;
}

const GROUPS: readonly ScaledGroup[] = [
  { group: "q", kinds: ["q", "k", "v"], part: "attention" },
  { group: "o", kinds: ["o"], before: "v" },
  { group: "gate", kinds: ["gate", "up"], part: "feedForward" },
  { group: "down", kinds: ["down"], before: "up" },
];

/** The scales of a block by the groups that have some. */
export type BlockScales = ReadonlyMap<InputGroup, Float32Array>;

/** The groups of a block that can be scaled. With grouped-query attention o can't: several of its inputs are one output of v. */
export async function scalableGroups({ kinds, read }: Pick<BlockInput, "kinds" | "read">): Promise<readonly InputGroup[]> {
  const whole = GROUPS.filter((each) => [...each.kinds, ...(each.before === undefined ? [] : [each.before])].every((kind) => kinds.includes(kind)));
  const fits = async ({ group }: ScaledGroup): Promise<boolean> => {
    if (group !== "o") return true;
    const [v, o] = [await read("v"), await read("o")];
    return v.rows === o.rows && v.cols === o.cols;
  };
  const fitting = await Promise.all(whole.map(fits));
  return whole.filter((_, i) => fitting[i]).map(({ group }) => group);
}

/**
 * AWQ's scale search: for each group of layers that share an input, the ratio whose scales let the quantized layers change the
 * output least in the mean square over all calibration tokens. The output is that of the attention for q, k and v, of the
 * feed-forward part for gate and up, and the layer's own for o and down, where it is a quadratic form in XXᵀ. All groups are
 * judged with the rest of the block as it was.
 * @param seen the block's inputs, with products for "o" and "down"   @see Lin et al. 2024 (AWQ), section 3.2
 */
export async function searchScales(
  block: BlockInput,
  seen: Readonly<Record<InputGroup, InputActivations>>,
  settings: GroupSettings,
): Promise<BlockScales> {
  const scalable = await scalableGroups(block);
  const found = new Map<InputGroup, Float32Array>();
  for (const { group, kinds, part } of GROUPS.filter(({ group }) => scalable.includes(group))) {
    const matrices = new Map<string, WeightMatrix>();
    for (const kind of kinds) matrices.set(kind, await block.read(kind));
    const trials = { matrices, seen: seen[group], settings };
    const point = part === undefined ? await leastOwnError(trials) : await leastPartError(trials, await beginTrials(block, part));
    found.set(group, scalesAt(seen[group].meanAbsolute, point));
  }
  return found;
}

function beginTrials({ activations }: BlockInput, part: TrialPart): Promise<PartTrials> {
  if (activations === undefined) throw new Error("this method was given no calibration");
  return activations.trials(part);
}

interface Trials {
  readonly matrices: ReadonlyMap<string, WeightMatrix>;
  readonly seen: InputActivations;
  readonly settings: GroupSettings;
}

/** Numbers of trial weights that are kept for when their candidate is carried on. */
const KEPT_WEIGHTS = 2 ** 26;

async function leastPartError(trials: Trials, part: PartTrials): Promise<number> {
  const weights = trialsOf(trials);
  let inUse = -1;
  try {
    return await leastError({
      candidates: RATIOS,
      parts: part.chunks,
      error: async (point, chunk) => {
        if (point !== inUse) await part.use((kind) => Promise.resolve(weights(point, kind)));
        inUse = point;
        return part.error(chunk);
      },
    });
  } finally {
    part.end();
  }
}

function trialsOf({ matrices, seen, settings }: Trials): (point: number, kind: string) => Float32Array {
  const total = RATIOS * [...matrices.values()].reduce((sum, { values }) => sum + values.length, 0);
  const kept = new Map<string, Float32Array>();
  return (point, kind) => {
    const key = `${point} ${kind}`;
    const matrix = matrices.get(kind);
    if (matrix === undefined) throw new Error(`no trial of ${kind}`);
    const weights = kept.get(key) ?? trialWeights(matrix, scalesAt(seen.meanAbsolute, point), settings);
    if (total <= KEPT_WEIGHTS) kept.set(key, weights);
    return weights;
  };
}

/** Of one layer: Σ over its outputs of dᵀ XXᵀ d, where d is how its weights move. */
async function leastOwnError({ matrices, seen, settings }: Trials): Promise<number> {
  const [matrix] = matrices.values();
  const { products, meanAbsolute } = seen;
  if (products === undefined) throw new Error("no products of the inputs");
  const hessian = { rows: matrix.cols, cols: matrix.cols, values: products };
  const error = async (point: number): Promise<number> => {
    const moves = trialWeights(matrix, scalesAt(meanAbsolute, point), settings);
    for (let i = 0; i < moves.length; i++) moves[i] -= matrix.values[i];
    const pulled = await product({ ...matrix, values: moves }, hessian);
    return moves.reduce((sum, move, i) => sum + move * pulled[i], 0);
  };
  return leastError({ candidates: RATIOS, parts: 1, error });
}

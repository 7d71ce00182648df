import { breathe } from "../../core/progress.js";
import type { InputGroup, TrialPart } from "../../model/block-graph.js";
import type { BlockRunner } from "../../model/block-runner.js";
import type { LinearKind } from "../../model/linear-sites.js";
import { product } from "../../tensor/matrix-product.js";
import type { BlockInput } from "../method.js";
import type { WeightMatrix } from "../stored-matrix.js";
import type { GroupSettings } from "./awq-grid.js";
import type { SeenInput, SeenInputs } from "./awq-inputs.js";
import { RATIOS, scalesAt, trialWeights } from "./awq-scales.js";
import { leastError } from "./least-error.js";

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
  const whole = GROUPS.filter((each) =>
    [...each.kinds, ...(each.before === undefined ? [] : [each.before])].every((kind) => kinds.includes(kind)),
  );
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
 * judged with the rest of the block as it was. Ratios are dropped by their errors so far alone, so that the choice is that of the
 * whole search: the errors of tokens are spread so unevenly that a race by standard errors, tried at five of them on SmolLM2's
 * second block, dropped the best.
 * @param seen the block's inputs, from the pass in which `triedParts` were held
 * @see Lin et al. 2024 (AWQ), section 3.2, and its code's auto_scale
 */
export async function searchScales(block: BlockInput, seen: SeenInputs, settings: GroupSettings): Promise<BlockScales> {
  const scalable = await scalableGroups(block);
  const found = new Map<InputGroup, Float32Array>();
  for (const { group, kinds, part } of GROUPS.filter((each) => scalable.includes(each.group))) {
    const matrices = new Map<string, WeightMatrix>();
    for (const kind of kinds) matrices.set(kind, await block.read(kind));
    const trials = { matrices, seen: seen[group], settings };
    const point =
      part === undefined
        ? await leastOwnError(trials, (await block.statistics(kinds[0])).hessian)
        : await leastPartError(trials, { part, runner: runnerOf(block) });
    found.set(group, scalesAt(seen[group].meanAbsolute, point));
  }
  return found;
}

/** The parts of the block that have to hold what they are tried by. */
export const triedParts = (groups: readonly InputGroup[]): TrialPart[] =>
  GROUPS.flatMap(({ group, part }) => (part !== undefined && groups.includes(group) ? [part] : []));

function runnerOf({ activations }: BlockInput): BlockRunner {
  if (activations === undefined) throw new Error("this method was given no calibration");
  return activations.runner;
}

interface Trials {
  readonly matrices: ReadonlyMap<string, WeightMatrix>;
  readonly seen: SeenInput;
  readonly settings: GroupSettings;
}

interface TriedPart {
  readonly part: TrialPart;
  readonly runner: BlockRunner;
}

/** The ratio that is tried first: often among the best, so that its error bounds the others'. */
const LIKELY = 8;
/** Chunks of falling error. */
const CHUNKS = 16;

async function leastPartError(trials: Trials, { part, runner }: TriedPart): Promise<number> {
  let inUse = -1;
  const use = async (point: number): Promise<void> => {
    if (point === inUse) return;
    const scales = scalesAt(trials.seen.meanAbsolute, point);
    await runner.useTrial(part, (kind) => Promise.resolve(trialWeights(matrixOf(trials, kind), scales, trials.settings)));
    inUse = point;
  };
  try {
    await use(LIKELY);
    const known = { candidate: LIKELY, error: await heaviestFirst({ part, runner }) };
    const error = async (point: number, chunk: number): Promise<number> => {
      await use(point);
      return total(runner.tokenErrors(part, chunk));
    };
    return await leastError({ candidates: RATIOS, parts: runner.heldChunks(part), error, known });
  } finally {
    runner.endTrials([part]);
  }
}

/**
 * Orders what the runner holds by the error of the trial matrices in use: tokens, or whole sequences where they attend to each
 * other. Much of the error is in few of them, so that other matrices are dropped early.
 * @returns the whole error
 */
async function heaviestFirst({ part, runner }: TriedPart): Promise<number> {
  const errors: number[] = [];
  for (let chunk = 0; chunk < runner.heldChunks(part); chunk++) {
    for (const error of runner.tokenErrors(part, chunk)) errors.push(error);
    await breathe();
  }
  const unit = part === "attention" ? runner.length : 1;
  const sums = Float64Array.from({ length: errors.length / unit }, (_, i) => total(errors.slice(i * unit, (i + 1) * unit)));
  const units = [...sums.keys()].sort((a, b) => sums[b] - sums[a]);
  const order = Int32Array.from(errors.keys(), (place) => units[Math.floor(place / unit)] * unit + (place % unit));
  const fitting = Array.from({ length: CHUNKS }, (_, i) => CHUNKS - i).find((count) => sums.length % count === 0) ?? 1;
  runner.reorderTrials(part, order, Math.max(fitting, runner.heldChunks(part)));
  return total(sums);
}

const total = (errors: Iterable<number>): number => {
  let sum = 0;
  for (const error of errors) sum += error;
  return sum;
};

function matrixOf({ matrices }: Trials, kind: string): WeightMatrix {
  const matrix = matrices.get(kind);
  if (matrix === undefined) throw new Error(`no trial of ${kind}`);
  return matrix;
}

/** Of one layer: Σ over its outputs of dᵀHd, where d is how its weights move. @param values the Hessian of its inputs */
async function leastOwnError({ matrices, seen, settings }: Trials, values: Float32Array | undefined): Promise<number> {
  if (values === undefined) throw new Error("no Hessian of the inputs");
  const [matrix] = matrices.values();
  const { meanAbsolute } = seen;
  const hessian = { rows: matrix.cols, cols: matrix.cols, values };
  const error = async (point: number): Promise<number> => {
    const moves = trialWeights(matrix, scalesAt(meanAbsolute, point), settings);
    for (let i = 0; i < moves.length; i++) moves[i] -= matrix.values[i];
    const pulled = await product({ ...matrix, values: moves }, hessian);
    return moves.reduce((sum, move, i) => sum + move * pulled[i], 0);
  };
  return leastError({ candidates: RATIOS, parts: 1, error });
}

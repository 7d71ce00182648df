import type { Engine } from "../../../lib/inference/index.js";
import type { Model, Precision } from "../../../lib/model/index.js";
import type { MachineLimits } from "./machine.js";
import { firstToken, generate, score } from "./ours.js";
import type { Peer } from "./peer.js";
import type { Work } from "./schedule.js";
import type { ScoredPrompt, Workload } from "./workload.js";

/** Who works on what. */
export interface Side {
  readonly engine: Engine;
  readonly model: Model;
  readonly peer: Peer | undefined;
  readonly precision: Precision;
  readonly dtype: string;
}

/** Ratios of times that are asked for: issue 5. */
const FLOORS = {
  scoring: { f32: 1.6, bf16: 1.15 },
  prefix: { f32: 8, bf16: 6 },
  generation: { 1: { f32: 1.2, bf16: 0.9 }, 16: { f32: 1.4, bf16: 0.9 }, 64: { f32: 1.6, bf16: 1 } },
  firstToken: 0.3,
} as const;
const BATCH = 16;

/** The works of the table. */
export function worksFor(side: Side, workload: Workload): Work[] {
  const batches = [1, 16, 64] as const;
  const first = side.precision === "f32" ? [firstTokenWork(side, workload)] : [];
  return [scoring(side, workload), behindPrefix(side, workload), ...batches.map((b) => generation(side, workload, b)), ...first];
}

function scoring(side: Side, { scored }: Workload): Work {
  const some = (size: number): readonly ScoredPrompt[] => scored.slice(0, size);
  let sums: readonly number[] = [];
  return {
    name: "scoring, mixed lengths",
    floor: FLOORS.scoring[side.precision],
    weight: 30,
    sizes: [16, 32, 48, 64, 96, 128, 160, 192, 256],
    sizeText: (size) => `${size} prompts`,
    async peer(size) {
      const { seconds, logprobs = [] } = await peerOf(side).ask({ cmd: "score", batch: BATCH, items: some(size) });
      sums = logprobs;
      return { seconds };
    },
    async ours(size) {
      const own = await score(side.engine, some(size));
      const differences = sums.slice(0, size).map((sum, i) => Math.abs(sum - own.sums[i]));
      return {
        seconds: own.seconds,
        note: `largest difference of a log-probability: ${Math.max(0, ...differences).toExponential(1)}`,
      };
    },
    rate: (size, seconds) =>
      productRate(
        side.model,
        some(size).reduce((sum, row) => sum + lengthOf(row), 0),
        seconds,
      ),
  };
}

const lengthOf = ({ prompt, continuation }: ScoredPrompt): number => prompt.length + continuation.length;

/** Ours does all 24 each time; the peer's time is linear in the prompts, so of few it is multiplied. */
function behindPrefix(side: Side, { behindPrefix: rows }: Workload): Work {
  const ownTokens = 1000 + rows.reduce((sum, row) => sum + lengthOf(row) - 1000, 0);
  return {
    name: "scoring behind 1,000 shared tokens",
    floor: FLOORS.prefix[side.precision],
    weight: 30,
    sizes: [1, 2, 4, 6, 8, 12, 24],
    sizeText: (size) => (size === rows.length ? `${size} prompts` : `24 prompts (peer ${size}, scaled)`),
    async peer(size) {
      const { seconds } = await peerOf(side).ask({ cmd: "score", batch: BATCH, items: rows.slice(0, size) });
      return { seconds: (seconds * rows.length) / size };
    },
    ours: () => score(side.engine, rows),
    rate: (_, seconds) => productRate(side.model, ownTokens, seconds),
  };
}

function generation(side: Side, { prompts }: Workload, batch: 1 | 16 | 64): Work {
  const rows = prompts.slice(0, batch);
  return {
    name: `generation, batch ${batch}`,
    floor: FLOORS.generation[batch][side.precision],
    weight: { 1: 8, 16: 12, 64: 20 }[batch],
    sizes: [4, 16, 32, 48, 64],
    sizeText: (size) => `${size} tokens each`,
    peer: (size) => peerOf(side).ask({ cmd: "generate", batch, max_new: size, prompts: rows }),
    ours: (size) => generate(side.engine, rows, size),
    rate: (size, seconds) => memoryRate(side, { steps: size, batch }, seconds),
  };
}

function firstTokenWork(side: Side, { prompts }: Workload): Work {
  return {
    name: "from file to first token",
    floor: FLOORS.firstToken,
    atMost: true,
    weight: 25,
    sizes: [1],
    sizeText: () => "1 token",
    peer: () => peerOf(side).firstToken(side.dtype, prompts[0]),
    ours: async () => ({ seconds: await firstToken(side.model.path, side.precision, prompts[0]) }),
    rate: () => ({ tokens: undefined, share: () => "" }),
  };
}

function peerOf({ peer }: Side): Peer {
  if (peer === undefined) throw new Error("there is no peer");
  return peer;
}

/** Of the blocks' matrices alone, two operations a weight and token. */
function productRate({ config, parameters }: Model, tokens: number, seconds: number): ReturnType<Work["rate"]> {
  const gigaflops = (2 * (parameters - config.vocabulary * config.width) * tokens) / seconds / 1e9;
  const share = (limits: MachineLimits): string => percent(gigaflops, limits.gigaflops, "GFLOPS");
  return { tokens: tokens / seconds, share };
}

/** All weights are read once a step. */
function memoryRate(
  { model, precision }: Side,
  { steps, batch }: { steps: number; batch: number },
  seconds: number,
): ReturnType<Work["rate"]> {
  const gigabytes = (model.parameters * (precision === "bf16" ? 2 : 4) * steps) / seconds / 1e9;
  return { tokens: (steps * batch) / seconds, share: (limits) => percent(gigabytes, limits.gigabytes, "GB/s") };
}

const percent = (value: number, limit: number, unit: string): string =>
  `${value.toFixed(1)} of ${limit.toFixed(1)} ${unit} (${((100 * value) / limit).toFixed(0)} %)`;

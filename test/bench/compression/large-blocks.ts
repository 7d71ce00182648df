import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { z } from "zod";

import type { Cell } from "../../parity/report.js";
import { measureMachine } from "../inference/machine.js";
import { writeLargeModel } from "./large-model.js";

const Case = z.object({ seconds: z.number(), peakBytes: z.number(), error: z.number() });
const LENGTH = 2048;
const GIB = 2 ** 30;
/** Of a process: issue 6. */
const MEMORY_FLOOR = 6 * GIB;
/** Products of a block and token: its weights once for the statistics but for down, once for its output. */
const BLOCK = { weights: 4 * 4096 ** 2 + 3 * 4096 * 11_008, down: 4096 * 11_008, products: 3 * 4096 ** 2 + 11_008 ** 2 };

interface LargeCase {
  readonly method: string;
  readonly blocks: number;
  readonly samples: number;
  /** Bytes of activations in memory at most. */
  readonly activations: number;
}

/** What is asked of: memory that grows neither with the blocks nor, with a file, with the calibration set. */
const CASES: readonly LargeCase[] = [
  { method: "rtn", blocks: 1, samples: 16, activations: GIB },
  { method: "rtn", blocks: 3, samples: 16, activations: GIB },
  { method: "gptq", blocks: 1, samples: 16, activations: GIB },
  { method: "gptq", blocks: 2, samples: 16, activations: GIB },
  { method: "gptq", blocks: 1, samples: 128, activations: 0 },
];

/** Compresses models of few 7B-shaped blocks, each in a process of its own. @param folder a temporary one */
export async function largeBlocks(folder: string) {
  const machine = measureMachine();
  const measured: (LargeCase & z.infer<typeof Case>)[] = [];
  for (const each of CASES) {
    const model = join(folder, `blocks-${each.blocks}`);
    if (measured.every(({ blocks }) => blocks !== each.blocks)) await writeLargeModel(model, each.blocks);
    measured.push({ ...each, ...(await run(folder, model, each)) });
    const { method, blocks, samples, seconds, peakBytes } = measured[measured.length - 1];
    console.error(`${method}, ${blocks} blocks, ${samples} x ${LENGTH}: ${seconds.toFixed(0)} s, ${gib(peakBytes)} GiB`);
  }
  return {
    rows: measured.map((each): Record<string, Cell> => ({
      method: each.method,
      blocks: each.blocks,
      tokens: each.method === "rtn" ? "none" : `${each.samples} x ${LENGTH}${each.activations === 0 ? ", in a file" : ""}`,
      seconds: Number(each.seconds.toFixed(1)),
      "peak memory, GiB": gib(each.peakBytes),
      floor: `<= ${MEMORY_FLOOR / GIB}`,
      "of the machine": each.method === "rtn" ? "" : share(each, machine.gigaflops),
    })),
    figures: { machine, cases: measured },
    missed: measured.flatMap(({ method, blocks, samples, peakBytes }) =>
      peakBytes <= MEMORY_FLOOR ? [] : [`${method}, ${blocks} blocks, ${samples} samples: ${gib(peakBytes)} GiB`],
    ),
  };
}

const gib = (bytes: number): number => Number((bytes / GIB).toFixed(2));

async function run(
  folder: string,
  model: string,
  { method, samples, activations, blocks }: LargeCase,
): Promise<z.infer<typeof Case>> {
  const script = fileURLToPath(new URL("large-case.ts", import.meta.url));
  const cache = join(folder, `variants-${method}-${blocks}-${samples}`);
  const args = ["--import", "tsx", script, model, method, String(samples), String(LENGTH), String(activations)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, TOUCHSTONE_CACHE: cache } });
  return Case.parse(JSON.parse(stdout));
}

/** Matrix products of statistics, Hessians and outputs; the last block's output is not computed. */
function share({ blocks, samples, seconds }: LargeCase & { seconds: number }, gigaflops: number): string {
  const tokens = samples * LENGTH;
  const passes = blocks * (BLOCK.weights - BLOCK.down + BLOCK.products) + (blocks - 1) * BLOCK.weights;
  const reached = (2 * tokens * passes) / seconds / 1e9;
  return `${reached.toFixed(0)} of ${gigaflops.toFixed(0)} GFLOPS (${((100 * reached) / gigaflops).toFixed(0)} %)`;
}

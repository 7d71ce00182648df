import { z } from "zod";

/** One start of one kernel as kernel_bench.py measures it: times in ms, memory in MiB; null or "no" where it never came. */
const Start = z.record(z.string(), z.union([z.number(), z.boolean(), z.string(), z.null()]));
const Output = z.object({ rounds: z.number(), kernels: z.record(z.string(), z.array(Start)) });

/** The figures of one start by name. */
export type StartFigures = z.infer<typeof Start>;
/** Every kernel's starts, in the order of the rounds. */
export type KernelFigures = Readonly<Record<string, readonly StartFigures[]>>;

/** Reads what `kernel_bench.py --json` prints. @throws Error if it printed something else */
export const readFigures = (json: string): KernelFigures => Output.parse(JSON.parse(json)).kernels;

/** A figure in each round; NaN where there is none. */
export function figureOf(starts: readonly StartFigures[], name: string): readonly number[] {
  return starts.map((start) => {
    const value = start[name];
    return typeof value === "number" ? value : Number.NaN;
  });
}

/** The middle value; NaN if one of them is missing or there are none. */
export function median(values: readonly number[]): number {
  if (values.length === 0 || values.some(Number.isNaN)) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

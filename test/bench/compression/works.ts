import { finish } from "../../../lib/core/progress.js";
import { compress, type Recipe } from "../../../lib/compression/index.js";
import type { Model } from "../../../lib/model/index.js";

/** A method on the whole model, or on its first blocks. */
export interface Work {
  readonly name: string;
  /** As the peer calls it. */
  readonly peer: string;
  readonly method: string;
  readonly settings: Recipe["settings"];
  /** Blocks of the model; all where absent. */
  readonly blocks?: number;
  /** Of peer's time / our time: issue 6. */
  readonly floor: number;
}

/** The works of the table. */
export const WORKS: readonly Work[] = [
  { name: "GPTQ 4-bit g64", peer: "gptq.b4.g64.asym", method: "gptq", settings: { bits: 4, group: 64 }, floor: 1.5 },
  { name: "SparseGPT 50 %", peer: "sparsegpt.s50", method: "sparsegpt", settings: { pattern: "50%" }, floor: 1.5 },
  { name: "Wanda 50 %", peer: "wanda.s50", method: "wanda", settings: { pattern: "50%" }, floor: 1.3 },
  { name: "AWQ 4-bit g64", peer: "awq.b4.g64", method: "awq", settings: { bits: 4, group: 64 }, blocks: 3, floor: 5 },
];

/** The calibration tokens of both sides. */
export interface Tokens {
  /** A JSON file of sequences of token ids. */
  readonly path: string;
  readonly samples: number;
  readonly length: number;
}

/**
 * Makes the variant, which must not be in the cache yet.
 * @returns seconds, with reading, writing and the layers' reports
 */
export async function ours(model: Model, { method, settings, blocks }: Work, { path, samples, length }: Tokens): Promise<number> {
  const part = blocks === undefined ? model : { ...model, config: { ...model.config, blocks } };
  const started = performance.now();
  await finish(compress(part, { method, settings: { ...settings, calibration: path, samples, length } }));
  return (performance.now() - started) / 1000;
}

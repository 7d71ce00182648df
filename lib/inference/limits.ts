import { availableMemory } from "node:process";

import type { ModelConfig } from "../model/index.js";
import type { BatchLimits } from "./batches.js";

/** Sequences in one batch: beyond, a step's products are no faster a sequence. */
const SEQUENCES = 64;
/** Of the memory that is free when a batch is planned, what its caches may take, copies while they are rearranged included. */
const MEMORY_SHARE = 0.25;
const COPIES = 3;
/** Between a batch that still works and one that no step needs. */
const POSITIONS = { least: 2_048, most: 262_144 };

/** How much may be answered at once with the memory there is. */
export function batchLimits(config: ModelConfig, memory: number = availableMemory()): BatchLimits {
  const bytes = 4 * 2 * config.blocks * config.kvHeads * config.headWidth * COPIES;
  const positions = Math.floor((memory * MEMORY_SHARE) / bytes);
  return { sequences: SEQUENCES, positions: Math.min(POSITIONS.most, Math.max(POSITIONS.least, positions)) };
}

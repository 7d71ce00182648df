import type { Node } from "../tensor/graph.js";
import type { Operations } from "../tensor/operations.js";
import { type FrequencyConfig, rotaryFrequencies } from "./rope-scaling.js";

/** Cosines and signed sines of a rotary embedding, each [positions, headWidth], float32. */
export interface RotaryTables {
  readonly cosines: Float32Array;
  /** Negative in the first half of each row, which `rotate` multiplies with the second half of a head. */
  readonly sines: Float32Array;
}

/**
 * The tables for positions 0 … positions − 1, the two halves of a head paired (the layout of transformers; a GGUF's
 * neighbouring pairs are put into it when its query and key rows are read). Frequencies and angles are rounded to float32 as
 * torch rounds them. Su et al. 2021, section 3.2.2.
 */
export function rotaryTables(config: FrequencyConfig, positions: number): RotaryTables {
  const { headWidth } = config;
  const half = headWidth / 2;
  const { frequencies, amplitude } = rotaryFrequencies(config);
  const cosines = new Float32Array(positions * headWidth);
  const sines = new Float32Array(positions * headWidth);
  for (let position = 0; position < positions; position++) {
    for (let i = 0; i < half; i++) {
      const angle = Math.fround(position * frequencies[i]);
      const at = position * headWidth + i;
      cosines[at] = cosines[at + half] = amplitude * Math.cos(angle);
      sines[at + half] = amplitude * Math.sin(angle);
      sines[at] = -sines[at + half];
    }
  }
  return { cosines, sines };
}

/** Nodes of the tables at some positions: cosines and sines broadcast against heads [B, H, T, D]. */
export interface Rotation {
  readonly cosines: Node;
  readonly sines: Node;
}

/** How the heads of a pass are rotated; queries are scaled by 1/√D with it. */
export interface Rotations {
  readonly queries: Rotation;
  readonly keys: Rotation;
}

/** Scales what queries are multiplied with once, and not the queries of each block. */
export function rotations(ops: Operations, { headWidth }: Pick<FrequencyConfig, "headWidth">, keys: Rotation): Rotations {
  const scaled = (table: Node): Node => ops.multiply(table, ops.scalar(1 / Math.sqrt(headWidth)));
  return { queries: { cosines: scaled(keys.cosines), sines: scaled(keys.sines) }, keys };
}

/** Rotates heads by their positions. heads [B, H, T, D]; cosines and sines broadcast against it. */
export function rotate(ops: Operations, heads: Node, { cosines, sines, half }: Rotation & { readonly half: number }): Node {
  const [first, second] = ops.split(heads, [half, half], 3);
  return ops.add(ops.multiply(heads, cosines), ops.multiply(ops.concat([second, first], 3), sines));
}

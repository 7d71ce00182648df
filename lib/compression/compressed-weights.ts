import { LINEAR_KINDS, siteName } from "../model/linear-sites.js";
import type { LinearKind } from "../model/linear-sites.js";
import type { Model } from "../model/model.js";
import { overlay } from "../model/weights.js";
import type { Weights } from "../model/weights.js";
import { BLOCK_VECTORS } from "./method.js";
import type { BlockVector } from "./method.js";
import { restore } from "./stored-matrix.js";
import { readLayer, readVector } from "./variant-files.js";

/** Where the compressed layers of a variant stand, by name. */
export function compressedPlaces(
  blocks: number,
  keptSites: ReadonlySet<string>,
): Map<string, { block: number; kind: LinearKind }> {
  const places = new Map<string, { block: number; kind: LinearKind }>();
  for (let block = 0; block < blocks; block++) {
    for (const kind of kindsToCompress(block, keptSites)) places.set(siteName(block, kind), { block, kind });
  }
  return places;
}

/**
 * A variant's weights: those of its folder where a layer was compressed or a vector replaced, read and unpacked when asked for,
 * else the model's.
 */
export function compressedWeights({ weights, config }: Model, folder: string, keptSites: ReadonlySet<string>): Weights {
  const places = compressedPlaces(config.blocks, keptSites);
  const vectors = new Map<string, { block: number; vector: BlockVector }>();
  for (let block = 0; block < config.blocks; block++) {
    for (const vector of BLOCK_VECTORS) vectors.set(`blocks.${block}.${vector}`, { block, vector });
  }
  return overlay(weights, new Set([...places.keys(), ...vectors.keys()]), async (name) => {
    const replaced = vectors.get(name);
    if (replaced !== undefined) return (await readVector(folder, replaced.block, replaced.vector)) ?? weights.read(name);
    const place = places.get(name);
    if (place === undefined) throw new Error(`no compressed weight ${name}`);
    const stored = await readLayer(folder, place.block, place.kind);
    return restore(stored, stored.kind === "masked" ? await weights.read(name) : new Float32Array(0));
  });
}

/** The layers of a block that a recipe compresses. @param keptSites layers that stay dense */
export const kindsToCompress = (block: number, keptSites: ReadonlySet<string>): LinearKind[] =>
  LINEAR_KINDS.filter((kind) => !keptSites.has(siteName(block, kind)));

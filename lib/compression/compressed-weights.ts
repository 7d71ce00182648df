import { LINEAR_KINDS, siteName } from "../model/linear-sites.js";
import type { LinearKind } from "../model/linear-sites.js";
import type { Model } from "../model/model.js";
import { overlay } from "../model/weights.js";
import type { Weights } from "../model/weights.js";
import { restore } from "./stored-matrix.js";
import { readLayer } from "./variant-files.js";

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

/** A variant's weights: those of its folder where a layer was compressed, read and unpacked when asked for, else the model's. */
export function compressedWeights({ weights, config }: Model, folder: string, keptSites: ReadonlySet<string>): Weights {
  const places = compressedPlaces(config.blocks, keptSites);
  return overlay(weights, new Set(places.keys()), async (name) => {
    const place = places.get(name);
    if (place === undefined) throw new Error(`no compressed weight ${name}`);
    const stored = await readLayer(folder, place.block, place.kind);
    return restore(stored, stored.kind === "masked" ? await weights.read(name) : new Float32Array(0));
  });
}

/** The layers of a block that a recipe compresses. @param keptSites layers that stay dense */
export const kindsToCompress = (block: number, keptSites: ReadonlySet<string>): LinearKind[] =>
  LINEAR_KINDS.filter((kind) => !keptSites.has(siteName(block, kind)));

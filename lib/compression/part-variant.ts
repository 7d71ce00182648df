import { InputError } from "../core/errors.js";
import type { ModelConfig } from "../model/config.js";
import { allSites } from "../model/linear-sites.js";
import { isInPart, type ModelPart, modelParts, partName, restored } from "../model/model-part.js";
import { keptReport, summarize } from "./layer-report.js";
import { methods, planRecipe } from "./plan.js";
import type { Recipe } from "./recipe.js";
import type { Variant } from "./variant.js";

/** `restored`: the variant with a part as the dense model has it. `alone`: the dense model with that part as the variant has it. */
export type PartView = "restored" | "alone";

/** A part of a variant, and what is done with it. */
export interface ViewedPart {
  readonly part: ModelPart;
  readonly view: PartView;
}

/** What tells such a variant from all others: id, title and recipe. */
export interface PartVariantName extends Pick<Variant, "id" | "title"> {
  readonly recipe: Recipe;
}

/** Names a variant of which one part was restored, or compressed alone, without making it. */
export function partVariantName(of: PartVariantName, { part, view }: ViewedPart): PartVariantName {
  const name = partName(part);
  const settings = { of: { method: of.recipe.method, settings: of.recipe.settings }, view, part: name };
  return {
    id: `${of.id} ${name} ${view}`,
    title: `${of.title}, ${name} ${view}`,
    recipe: { method: "part", settings },
  };
}

/**
 * A variant with one part restored to the dense weights, or the dense model with that part alone compressed. What neither changes is
 * the same weights', so that an engine is sent only what differs.
 * @throws InputError as `compressedParts` does
 */
export function partVariant(of: Variant, { part, view }: ViewedPart): Variant {
  checkPart(of.recipe, part);
  const { model, summary } = of;
  const isDense = (site: string): boolean => isInPart(part, site) === (view === "restored");
  const layers = of.layers.map((layer) => (isDense(layer.site) ? keptReport(model, layer.site) : layer));
  const { bits, pattern, group, rate, seconds, peakBytes } = summary;
  const named = partVariantName(of, { part, view });
  return {
    ...named,
    name: named.id.slice(named.id.indexOf("/") + 1),
    model,
    weights: view === "restored" ? restored(of.weights, model.weights, part) : restored(model.weights, of.weights, part),
    storedMatrix: (site) => (isDense(site) ? Promise.resolve(undefined) : of.storedMatrix(site)),
    summary: summarize(
      model,
      { method: { name: "part" }, figures: { name: named.id, bits, pattern, group, rate } },
      { layers, seconds, peakBytes },
    ),
    layers,
  };
}

/**
 * The parts of a model that a recipe compresses at all: its blocks, or the kinds of its matrices.
 * @throws InputError for an unknown recipe, and for single matrices of a method that scales several of them together
 */
export function compressedParts(recipe: Recipe, config: ModelConfig, by: "block" | "matrix"): ModelPart[] {
  const { keptSites } = planRecipe(recipe, config);
  const changed = allSites(config.blocks).filter((site) => !keptSites.has(site));
  const parts = modelParts(by, config.blocks).filter((part) => changed.some((site) => isInPart(part, site)));
  for (const part of parts) checkPart(recipe, part);
  return parts;
}

/** AWQ's scales of a matrix are taken back in the norm or the matrix before it, which a single dense matrix would not fit. */
function checkPart({ method }: Recipe, part: ModelPart): void {
  if (part.kind === "blocks" || methods[method]?.needs !== "activations") return;
  throw new InputError({
    where: `single matrices of ${method}`,
    found: "scales that a matrix shares with the norm or the matrix before it",
    expected: "whole blocks, within which they cancel",
    remedy: "leave --by matrix out",
  });
}

import { InputError } from "../core/errors.js";
import { lookup } from "../core/lookup.js";
import { withDefaults } from "../core/settings.js";
import type { ModelConfig } from "../model/config.js";
import { allSites } from "../model/linear-sites.js";
import * as catalogue from "./catalogue.js";
import type { CompressionMethod, MethodSettings, VariantFigures } from "./method.js";
import type { Recipe } from "./recipe.js";

/** A recipe checked against a model, with all its settings put in. */
export interface CompressionPlan {
  readonly method: CompressionMethod;
  readonly settings: MethodSettings;
  /** Linear layers that stay dense. */
  readonly keptSites: ReadonlySet<string>;
  /** The complete recipe: equal plans have equal ones. */
  readonly recipe: Recipe;
  readonly figures: VariantFigures;
}

/** The compression methods by name. */
export const methods: Readonly<Record<string, CompressionMethod>> = catalogue;

/**
 * Checks a recipe against a model before any work starts. The setting `keep` is every method's: parts that stay dense, as
 * kinds ("down"), blocks ("blocks.0") or single layers ("blocks.3.down").
 * @throws InputError naming the method or setting, and what would do
 */
export function planRecipe(recipe: Recipe, config: ModelConfig): CompressionPlan {
  const method = lookup("compression method", methods, recipe.method);
  const where = `compression method ${method.name}`;
  const { keep, ...given } = recipe.settings;
  const named = keptNames(where, keep);
  const keptSites = new Set(named.flatMap((name) => sitesOf(where, name, config)));
  if (keptSites.size === allSites(config.blocks).length) {
    throw new InputError({ where: `${where}, keep`, found: "all linear layers", expected: "some left to compress" });
  }
  const settings = method.complete(withDefaults(where, method.defaults, given), config);
  const figures = method.figures(settings);
  const name = named.length > 0 ? `${figures.name}-keep-${named.join("+")}` : figures.name;
  const complete = { method: method.name, settings: named.length > 0 ? { ...settings, keep: named } : settings };
  return { method, settings, keptSites, recipe: complete, figures: { ...figures, name } };
}

function keptNames(where: string, keep: unknown): string[] {
  if (keep === undefined) return [];
  const isName = (name: unknown): name is string => typeof name === "string";
  if (Array.isArray(keep) && keep.every(isName)) return [...new Set(keep)].sort();
  throw new InputError({ where: `${where}, keep`, found: JSON.stringify(keep), expected: "a list of names" });
}

/** Never compressed, so that keeping them needs no doing. */
const ALWAYS_DENSE = new Set(["lm_head", "output", "embedding"]);

function sitesOf(where: string, name: string, { blocks }: ModelConfig): string[] {
  if (ALWAYS_DENSE.has(name)) return [];
  const sites = allSites(blocks).filter((site) => site === name || site.startsWith(`${name}.`) || site.endsWith(`.${name}`));
  if (sites.length > 0) return sites;
  throw new InputError({
    where: `${where}, keep`,
    found: JSON.stringify(name.slice(0, 80)),
    expected: `lm_head, a kind of layer such as down, a block from blocks.0 to blocks.${blocks - 1}, or a layer such as blocks.0.down`,
  });
}

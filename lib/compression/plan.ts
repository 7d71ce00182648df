import { InputError } from "../core/errors.js";
import { fingerprint } from "../core/fingerprint.js";
import { lookup } from "../core/lookup.js";
import { withDefaults } from "../core/settings.js";
import type { ModelConfig } from "../model/config.js";
import { allSites } from "../model/linear-sites.js";
import { CALIBRATION_DEFAULTS, calibrationSuffix, completeCalibration } from "./calibration/calibration-settings.js";
import type { CalibrationSettings, CompleteCalibration } from "./calibration/calibration-settings.js";
import * as catalogue from "./catalogue.js";
import type { CompressionMethod, MethodSettings, VariantFigures } from "./method.js";
import type { Recipe } from "./recipe.js";

/** A recipe checked against a model, with all its settings put in. */
export interface CompressionPlan {
  readonly method: CompressionMethod;
  readonly settings: MethodSettings;
  /** The calibration set it looks at, its sizes put in; undefined where it looks at none. */
  readonly calibration: CompleteCalibration | undefined;
  /** The digest of the set's tokens, where the recipe names one: another set is refused. */
  readonly calibrationDigest: string | undefined;
  /** Linear layers that stay dense. */
  readonly keptSites: ReadonlySet<string>;
  /** The complete recipe: equal plans have equal ones. */
  readonly recipe: Recipe;
  readonly figures: VariantFigures;
}

const known: Record<string, CompressionMethod> = { ...catalogue };

/** The compression methods by name: ours, and those that were registered in this process. */
export const methods: Readonly<Record<string, CompressionMethod>> = known;

/**
 * Makes a method known in this process, or replaces one that was added earlier.
 * @throws InputError for a name that is none, or one of ours
 */
export function addMethod(method: CompressionMethod): void {
  const where = "name of a compression method";
  const found = JSON.stringify(method.name);
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(method.name)) {
    throw new InputError({ where, found, expected: "small letters, digits and hyphens, a letter first" });
  }
  if (method.name === "dense" || Object.hasOwn(catalogue, method.name)) {
    throw new InputError({ where, found, expected: `another one than ${[...Object.keys(catalogue), "dense"].join(", ")}` });
  }
  known[method.name] = method;
}

/** Whether a method looks at a calibration set, and so has the settings of one. */
export const needsCalibration = ({ needs }: Pick<CompressionMethod, "needs">): boolean => needs !== "nothing";

/**
 * Checks a recipe against a model before any work starts. The setting `keep` is every method's: parts that stay dense, as
 * kinds ("down"), blocks ("blocks.0") or single layers ("blocks.3.down"). `calibration`, `samples`, `length` and `seed` belong to
 * all methods that look at a calibration set; a recipe that was carried out also has `calibrationDigest`.
 * @throws InputError naming the method or setting, and what would do
 */
export function planRecipe(recipe: Recipe, config: ModelConfig): CompressionPlan {
  const method = lookup("compression method", methods, recipe.method);
  const where = `compression method ${method.name}`;
  const { keep, ...others } = recipe.settings;
  const named = keptNames(where, keep);
  const keptSites = new Set(named.flatMap((name) => sitesOf(where, name, config)));
  if (keptSites.size === allSites(config.blocks).length) {
    throw new InputError({ where: `${where}, keep`, found: "all linear layers", expected: "some left to compress" });
  }
  const { given, calibration, calibrationDigest } = splitCalibration(method, others, config);
  const settings = method.complete(withDefaults(where, method.defaults, given), config);
  const figures = method.figures(settings);
  const complete = {
    ...settings,
    ...(named.length > 0 ? { keep: named } : {}),
    ...calibration,
    ...(calibrationDigest === undefined ? {} : { calibrationDigest }),
  };
  const name = [
    figures.name,
    ...(named.length > 0 ? [keptName(named)] : []),
    ...(calibration === undefined ? [] : [calibrationSuffix(calibration, config)]),
  ].join("-");
  const planned = { method, settings, calibration, calibrationDigest, keptSites };
  return { ...planned, recipe: { method: method.name, settings: complete }, figures: { ...figures, name } };
}

const CALIBRATION_SETTINGS: MethodSettings = { ...CALIBRATION_DEFAULTS, calibrationDigest: null };

interface SplitSettings {
  /** The method's own. */
  readonly given: MethodSettings;
  readonly calibration: CompleteCalibration | undefined;
  readonly calibrationDigest: string | undefined;
}

function splitCalibration(method: CompressionMethod, settings: MethodSettings, config: ModelConfig): SplitSettings {
  if (!needsCalibration(method)) return { given: settings, calibration: undefined, calibrationDigest: undefined };
  const isOfSet = ([name]: readonly [string, unknown]): boolean => Object.hasOwn(CALIBRATION_SETTINGS, name);
  const entries = Object.entries(settings);
  const given = Object.fromEntries(entries.filter((entry) => !isOfSet(entry)));
  const where = `compression method ${method.name}`;
  const { calibrationDigest, ...ofSet } = Object.fromEntries(entries.filter(isOfSet));
  const merged = withDefaults<CalibrationSettings>(where, CALIBRATION_DEFAULTS, ofSet);
  const digest = typeof calibrationDigest === "string" ? calibrationDigest : undefined;
  return { given, calibration: completeCalibration(where, merged, config), calibrationDigest: digest };
}

function keptNames(where: string, keep: unknown): string[] {
  if (keep === undefined) return [];
  const isName = (name: unknown): name is string => typeof name === "string";
  if (Array.isArray(keep) && keep.every(isName)) return [...new Set(keep)].sort();
  throw new InputError({ where: `${where}, keep`, found: JSON.stringify(keep), expected: "a list of names" });
}

/** Longer lists are named by their number and hash: a variant's name becomes a folder's. */
const LONGEST_LIST = 60;

function keptName(named: readonly string[]): string {
  const listed = named.join("+");
  return listed.length <= LONGEST_LIST ? `keep-${listed}` : `keep-${named.length}-${fingerprint(listed).slice(0, 8)}`;
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

/** A plan whose recipe names the tokens it was carried out with. @throws InputError if the recipe was made with others */
export function withCalibrationDigest(plan: CompressionPlan, digest: string): CompressionPlan {
  const { recipe, calibration, calibrationDigest = digest } = plan;
  if (calibrationDigest !== digest) {
    throw new InputError({
      where: `compression method ${recipe.method}, calibration ${calibration?.calibration ?? ""}`,
      found: `tokens with the digest ${digest.slice(0, 16)}`,
      expected: `${calibrationDigest.slice(0, 16)}, as when the recipe was made`,
      remedy: "the calibration text has changed: leave calibrationDigest out to compress with the new one",
    });
  }
  return {
    ...plan,
    calibrationDigest: digest,
    recipe: { ...recipe, settings: { ...recipe.settings, calibrationDigest: digest } },
  };
}

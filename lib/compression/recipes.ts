import { InputError } from "../core/errors.js";
import { lookup } from "../core/lookup.js";
import type { ModelConfig } from "../model/config.js";
import { CALIBRATION_DEFAULTS } from "./calibration/calibration-settings.js";
import type { CompressionMethod, MethodSettings } from "./method.js";
import { methods, needsCalibration, planRecipe } from "./plan.js";
import type { Recipe } from "./recipe.js";

/** What to compress a model with: lists multiply into a sweep. */
export interface SweepRequest {
  readonly methods: readonly string[];
  /** For methods that quantize; their standard where absent. */
  readonly bits?: readonly number[] | undefined;
  /** For methods that prune: "50%", "2:4"; their standard where absent. */
  readonly patterns?: readonly string[] | undefined;
  /** Inputs a group; the model's standard where absent. */
  readonly group?: number | "channel" | undefined;
  readonly symmetric?: boolean | undefined;
  /** GPTQ: inputs with the largest activations first. */
  readonly actOrder?: boolean | undefined;
  /** GPTQ and SparseGPT: share of the Hessian's mean diagonal that is added to its diagonal. */
  readonly damp?: number | undefined;
  /** For methods that look at a calibration set: "mini", "self", "c4", or a file. */
  readonly calibration?: string | undefined;
  /** Sequences of the calibration set. */
  readonly samples?: number | undefined;
  /** Tokens a sequence. */
  readonly length?: number | undefined;
  /** Seeds with which the calibration set is drawn. */
  readonly seeds?: readonly number[] | undefined;
  /** Parts that stay dense: "lm_head", "down", "blocks.0". */
  readonly keep?: readonly string[] | undefined;
}

/**
 * The complete recipes of a sweep, in the order method, pattern, bits, seed, each once; all checked against the model's
 * configuration before any work.
 * @throws InputError for unknown methods, values out of range, patterns that don't fit, and options that no listed method has
 */
export function sweepRecipes(request: SweepRequest, config: ModelConfig): Recipe[] {
  if (request.methods.length === 0) {
    const expected = `one or more of ${Object.keys(methods).join(", ")}`;
    throw new InputError({ where: "compression method", found: "none", expected });
  }
  const listed = request.methods.map((name) => lookup("compression method", methods, name));
  const choices = choicesOf(request);
  for (const [option, setting] of choices.map(({ option, setting }) => [option, setting])) refuseUnused(listed, option, setting);
  const recipes = new Map<string, Recipe>();
  for (const method of listed) {
    for (const settings of combinations(choices.filter(({ setting }) => hasSetting(method, setting)))) {
      const kept = request.keep === undefined ? settings : { ...settings, keep: request.keep };
      const plan = planRecipe({ method: method.name, settings: kept }, config);
      recipes.set(plan.figures.name, plan.recipe);
    }
  }
  return [...recipes.values()];
}

interface Choice {
  /** As the request calls it, for the error. */
  readonly option: string;
  readonly setting: string;
  readonly values: readonly (string | number | boolean)[];
}

function choicesOf(request: SweepRequest): Choice[] {
  const one = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);
  const choices: Choice[] = [
    { option: "patterns", setting: "pattern", values: request.patterns ?? [] },
    { option: "bits", setting: "bits", values: request.bits ?? [] },
    { option: "group", setting: "group", values: one(request.group) },
    { option: "symmetric", setting: "symmetric", values: one(request.symmetric) },
    { option: "actOrder", setting: "actOrder", values: one(request.actOrder) },
    { option: "damp", setting: "damp", values: one(request.damp) },
    { option: "calibration", setting: "calibration", values: one(request.calibration) },
    { option: "samples", setting: "samples", values: one(request.samples) },
    { option: "length", setting: "length", values: one(request.length) },
    { option: "seeds", setting: "seed", values: request.seeds ?? [] },
  ];
  return choices.filter(({ values }) => values.length > 0);
}

/** Whether a method has a setting, of its own or of its calibration set. */
const hasSetting = (method: CompressionMethod, setting: string): boolean =>
  Object.hasOwn(method.defaults, setting) || (needsCalibration(method) && Object.hasOwn(CALIBRATION_DEFAULTS, setting));

/** An option that does nothing is a mistake: better said than ignored. */
function refuseUnused(listed: readonly CompressionMethod[], option: string, setting: string): void {
  if (listed.some((method) => hasSetting(method, setting))) return;
  const having = Object.values(methods).filter((method) => hasSetting(method, setting));
  throw new InputError({
    where: `compress, ${option}`,
    found: `an option that ${listed.map(({ name }) => name).join(", ")} doesn't have`,
    expected: `it only with ${having.map(({ name }) => name).join(", ") || "other methods"}`,
  });
}

/** One setting record for each combination of the choices' values. */
function combinations(choices: readonly Choice[]): MethodSettings[] {
  return choices.reduce<MethodSettings[]>(
    (settings, { setting, values }) => settings.flatMap((each) => values.map((value) => ({ ...each, [setting]: value }))),
    [{}],
  );
}

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
  /** GPTQ: grids made before any weight is compensated, groups of neighbouring inputs. */
  readonly staticGroups?: boolean | undefined;
  /** GPTQ and SparseGPT: share of the Hessian's mean diagonal added to its diagonal. */
  readonly damp?: number | undefined;
  /** For pruners that can also quantize what is left (SparseGPT). */
  readonly jointBits?: readonly number[] | undefined;
  /** Magnitude: one threshold for each "layer" or for the "model". */
  readonly scope?: string | undefined;
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
  for (const choice of choices) refuseUnused(listed, choice);
  const recipes = new Map<string, Recipe>();
  for (const method of listed) {
    for (const settings of combinations(choices.filter((choice) => applies(choice, method)))) {
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
  /** Which kind of methods it is for, where both kinds have the setting. */
  readonly kind?: CompressionMethod["kind"];
}

/** Not `bits` to a pruner: what is asked of quantizers in the same sweep must not change what a pruner does. */
const applies = ({ setting, kind }: Choice, method: CompressionMethod): boolean =>
  hasSetting(method, setting) && (kind === undefined || kind === method.kind);

function choicesOf(request: SweepRequest): Choice[] {
  const { bits, patterns, group, symmetric, actOrder, staticGroups, damp, jointBits, scope } = request;
  const single = <Value>(value: Value | undefined): Value[] => (value === undefined ? [] : [value]);
  const choices: Choice[] = [
    { option: "patterns", setting: "pattern", values: patterns ?? [] },
    { option: "bits", setting: "bits", values: bits ?? [], kind: "quantize" },
    { option: "jointBits", setting: "bits", values: jointBits ?? [], kind: "prune" },
    { option: "group", setting: "group", values: single(group) },
    { option: "symmetric", setting: "symmetric", values: single(symmetric) },
    { option: "actOrder", setting: "actOrder", values: single(actOrder) },
    { option: "staticGroups", setting: "staticGroups", values: single(staticGroups) },
    { option: "damp", setting: "damp", values: single(damp) },
    { option: "scope", setting: "scope", values: single(scope) },
    { option: "calibration", setting: "calibration", values: single(request.calibration) },
    { option: "samples", setting: "samples", values: single(request.samples) },
    { option: "length", setting: "length", values: single(request.length) },
    { option: "seeds", setting: "seed", values: request.seeds ?? [] },
  ];
  return choices.filter(({ values }) => values.length > 0);
}

/** Whether a method has a setting, of its own or of its calibration set. */
const hasSetting = (method: CompressionMethod, setting: string): boolean =>
  Object.hasOwn(method.defaults, setting) || (needsCalibration(method) && Object.hasOwn(CALIBRATION_DEFAULTS, setting));

/** An option that does nothing is a mistake: better said than ignored. */
function refuseUnused(listed: readonly CompressionMethod[], choice: Choice): void {
  if (listed.some((method) => applies(choice, method))) return;
  const having = Object.values(methods).filter((method) => applies(choice, method));
  throw new InputError({
    where: `compress, ${choice.option}`,
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

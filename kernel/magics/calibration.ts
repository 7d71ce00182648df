import type { CalibrationAudit, CompleteCalibration, Recipe } from "../../lib/index.js";
import type { MagicContext } from "./context.js";
import { integer, text } from "./parameters.js";
import { currentModel, follow, library } from "./workspace.js";

/** How a calibration set is named on a line. */
export const calibrationOptions = {
  calibration: text("text that GPTQ, AWQ, SparseGPT and Wanda look at: ours, the model's own, C4, or a .txt or .jsonl file", {
    values: async () => (await library()).CALIBRATION_NAMES,
    shape: "mini|self|c4|FILE",
  }),
  samples: integer("sequences of the calibration text", { min: 1 }),
  length: integer("tokens a sequence", { min: 2 }),
};

/** The values of `calibrationOptions`, and the seed of the draw. */
export interface CalibrationGiven {
  readonly calibration: string | undefined;
  readonly samples: number | undefined;
  readonly length: number | undefined;
  readonly seed: number;
}

/** With nothing left open. @throws InputError naming what is out of range */
export async function completeGiven(given: CalibrationGiven, { session }: MagicContext): Promise<CompleteCalibration> {
  const { CALIBRATION_DEFAULTS, completeCalibration } = await library();
  const { calibration = CALIBRATION_DEFAULTS.calibration, samples = null, length = null, seed } = given;
  return completeCalibration("%data calibration", { calibration, samples, length, seed }, currentModel(session).config);
}

/** Draws the set, or takes it from the cache, and looks it over. @param text that perplexity is measured on, in place of ours */
export async function audited(
  settings: CompleteCalibration,
  text: string | undefined,
  context: MagicContext,
): Promise<CalibrationAudit> {
  const { auditCalibration, evaluationTexts, loadCalibration } = await library();
  const model = currentModel(context.session);
  const set = await follow(loadCalibration(model, settings, context.signal), context);
  return auditCalibration(set, {
    decode: (tokens) => model.tokenizer.decode(tokens),
    vocabulary: model.config.vocabulary,
    evaluation: await evaluationTexts(model.tokenizer, text),
  });
}

/** Sets that a command has looked over already, and the text it measures on. */
export interface Watched {
  readonly seen: Set<string>;
  readonly text: string | undefined;
}

/** One line if a recipe's calibration set holds texts twice, or what variants are measured on; once a set. */
export async function warnOfCalibration(recipe: Recipe, { seen, text }: Watched, context: MagicContext): Promise<void> {
  const { graveWarnings, planRecipe } = await library();
  const { calibration } = planRecipe(recipe, currentModel(context.session).config);
  const key = JSON.stringify(calibration);
  if (calibration === undefined || seen.has(key)) return;
  seen.add(key);
  const warnings = graveWarnings(await audited(calibration, text, context));
  if (warnings.length === 0) return;
  const line = `calibration set ${calibration.calibration}, seed ${calibration.seed}: ${warnings.join("; ")}`;
  context.display({ "text/plain": line }, { raw: true });
}

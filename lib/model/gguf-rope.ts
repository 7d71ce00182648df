import { InputError } from "../core/errors.js";
import type { ModelFile } from "../formats/model-file.js";
import type { GgufFields } from "./gguf-fields.js";
import { type RopeScaling, yarnAmplitude } from "./rope-scaling.js";

const FACTORS = "rope_freqs.weight";

/**
 * The rope scaling that a GGUF's fields ask for; a tensor of factors is read by `readRopeFactors`.
 * @throws InputError for a kind that isn't run, or a field that is impossible
 */
export function ropeScalingFromGguf(fields: GgufFields, context: number): RopeScaling | undefined {
  const kind = fields.raw("rope.scaling.type");
  if (kind === undefined && fields.has("rope.scale_linear")) return linear(fields.positive("rope.scale_linear"));
  if (kind === undefined || kind === "none") return undefined;
  fields.check("rope.scaling.type", kind, kind === "linear" || kind === "yarn", "none, linear or yarn");
  const factor = fields.positive("rope.scaling.factor");
  if (kind === "linear") return linear(factor);
  fields.check("rope.scaling.yarn_ext_factor", factor, (fields.raw("rope.scaling.yarn_ext_factor") ?? 1) === 1, "1");
  fields.check("rope.scaling.yarn_log_multiplier", factor, (fields.raw("rope.scaling.yarn_log_multiplier") ?? 0) === 0, "0");
  const stated = fields.positive("rope.scaling.yarn_attn_factor", fields.positive("rope.scaling.attn_factor", 1));
  return {
    kind: "yarn",
    factor,
    betaFast: fields.positive("rope.scaling.yarn_beta_fast", 32),
    betaSlow: fields.positive("rope.scaling.yarn_beta_slow", 1),
    originalContext: fields.positive("rope.scaling.original_context_length", context),
    attentionFactor: stated * yarnAmplitude(factor),
    truncate: true,
  };
}

const linear = (factor: number): RopeScaling | undefined => (factor === 1 ? undefined : { kind: "linear", factor });

/**
 * LLaMA 3's factors, a tensor of a GGUF, or undefined where it has none.
 * @throws InputError if the tensor has another shape or a value that is no positive number
 */
export async function readRopeFactors(file: ModelFile, headWidth: number): Promise<RopeScaling | undefined> {
  const info = file.tensors.get(FACTORS);
  if (info === undefined) return undefined;
  const where = `${file.path}, tensor ${FACTORS}`;
  if (info.shape.length !== 1 || info.shape[0] !== headWidth / 2) {
    throw new InputError({ where, found: `shape [${info.shape.join(", ")}]`, expected: `shape [${headWidth / 2}]` });
  }
  const factors = [...(await file.read(FACTORS))];
  if (factors.every((factor) => factor > 0 && Number.isFinite(factor))) return { kind: "factors", factors };
  throw new InputError({ where, found: "a factor that is no number above 0", expected: "factors above 0" });
}

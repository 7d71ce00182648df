import { z } from "zod";

import { InputError } from "../core/errors.js";
import { type RopeScaling, yarnAmplitude } from "./rope-scaling.js";

const positive = z.number().positive();

/** `rope_scaling` or, from transformers 5 on, `rope_parameters` of a config.json. */
export const RopeFields = z.looseObject({
  rope_type: z.string().optional(),
  type: z.string().optional(),
  rope_theta: positive.optional(),
  partial_rotary_factor: z.literal(1).optional(),
  factor: positive.nullish(),
  original_max_position_embeddings: positive.optional(),
  low_freq_factor: positive.optional(),
  high_freq_factor: positive.optional(),
  beta_fast: positive.nullish(),
  beta_slow: positive.nullish(),
  attention_factor: positive.nullish(),
  mscale: z.number().nullish(),
  mscale_all_dim: z.number().nullish(),
  truncate: z.boolean().optional(),
});

/**
 * The rope scaling that these fields ask for.
 * @param where the file, for errors   @throws InputError for a kind that isn't run, or a field that it lacks
 */
export function ropeScalingFromFields(
  where: string,
  fields: z.infer<typeof RopeFields>,
  originalContext: number,
): RopeScaling | undefined {
  const kind = fields.rope_type ?? fields.type ?? "default";
  if (kind === "default") return undefined;
  const need = (field: "factor" | "low_freq_factor" | "high_freq_factor"): number => {
    const value = fields[field];
    if (typeof value === "number") return value;
    throw new InputError({ where: `${where}, field rope_scaling.${field}`, found: "nothing", expected: `a number, for ${kind}` });
  };
  switch (kind) {
    case "linear":
    case "dynamic":
      return { kind, factor: need("factor") };
    case "llama3": {
      const [lowFrequencyFactor, highFrequencyFactor] = [need("low_freq_factor"), need("high_freq_factor")];
      return { kind, factor: need("factor"), lowFrequencyFactor, highFrequencyFactor, originalContext };
    }
    case "yarn":
      return {
        kind,
        factor: need("factor"),
        betaFast: fields.beta_fast ?? 32,
        betaSlow: fields.beta_slow ?? 1,
        originalContext,
        attentionFactor: attentionFactor(fields, need("factor")),
        truncate: fields.truncate ?? true,
      };
    default:
      throw new InputError({
        where: `${where}, field rope_scaling.rope_type`,
        found: JSON.stringify(kind).slice(0, 80),
        expected: "default, linear, dynamic, llama3 or yarn",
        remedy: "other kinds of rope scaling are not run",
      });
  }
}

function attentionFactor(fields: z.infer<typeof RopeFields>, factor: number): number {
  const { attention_factor: stated, mscale, mscale_all_dim: all } = fields;
  if (typeof stated === "number") return stated;
  if (mscale && all) return yarnAmplitude(factor, mscale) / yarnAmplitude(factor, all);
  return yarnAmplitude(factor);
}

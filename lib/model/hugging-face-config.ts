import { z } from "zod";

import { InputError } from "../core/errors.js";
import { type Architecture, architectureIn, architectureNamed } from "./architectures/index.js";
import type { ModelConfig } from "./config.js";
import { ropeScalingFromFields, RopeFields } from "./hugging-face-rope.js";
import { LIMITS } from "./limits.js";

const size = (atMost: number): z.ZodNumber => z.number().int().min(1).max(atMost);

const Fields = z.looseObject({
  hidden_size: size(LIMITS.width),
  num_attention_heads: size(LIMITS.heads),
  num_key_value_heads: size(LIMITS.heads).nullish(),
  head_dim: size(LIMITS.width).nullish(),
  num_hidden_layers: size(LIMITS.blocks),
  intermediate_size: size(LIMITS.hidden),
  vocab_size: size(LIMITS.vocabulary),
  rms_norm_eps: z.number().positive().optional(),
  rope_theta: z.number().positive().optional(),
  rope_scaling: RopeFields.nullish(),
  rope_parameters: RopeFields.nullish(),
  partial_rotary_factor: z.literal(1).optional(),
  max_position_embeddings: size(LIMITS.context),
  original_max_position_embeddings: size(LIMITS.context).optional(),
  sliding_window: size(LIMITS.context).nullish(),
  tie_word_embeddings: z.boolean().optional(),
});

/**
 * The configuration in a config.json, every field checked against the others.
 * @param where the file, for errors   @throws InputError for an architecture or option that we don't run, or a field that is impossible
 */
export function configFromHuggingFace(where: string, json: unknown): ModelConfig {
  const type: unknown = z.looseObject({ model_type: z.unknown() }).safeParse(json).data?.model_type;
  const name = architectureIn(`${where}, field model_type`, type, ({ modelType }) => modelType);
  const architecture = architectureNamed(name);
  checkClass(where, json, architecture);
  checkOptions(where, json, architecture);
  const fields = parse(where, json);
  const { hidden_size: width, num_attention_heads: heads, max_position_embeddings: context } = fields;
  const { standard } = architecture;
  const kvHeads = fields.num_key_value_heads ?? (standard.kvHeads === "heads" ? heads : standard.kvHeads);
  const headWidth = fields.head_dim ?? width / heads;
  check(where, "num_attention_heads", { value: heads, holds: headWidth % 2 === 0, expected: "heads of an even, whole width" });
  check(where, "num_key_value_heads", { value: kvHeads, holds: heads % kvHeads === 0, expected: `a divisor of ${heads}` });
  const rope = fields.rope_parameters ?? fields.rope_scaling ?? {};
  const originalContext = fields.original_max_position_embeddings ?? rope.original_max_position_embeddings ?? context;
  const ropeScaling = ropeScalingFromFields(where, rope, originalContext);
  const window = architecture.window(fields) ?? context;
  return {
    architecture: name,
    width,
    heads,
    kvHeads,
    headWidth,
    blocks: fields.num_hidden_layers,
    hidden: fields.intermediate_size,
    vocabulary: fields.vocab_size,
    normEpsilon: fields.rms_norm_eps ?? standard.normEpsilon,
    ropeBase: rope.rope_theta ?? fields.rope_theta ?? standard.ropeBase,
    context,
    tiedOutput: fields.tie_word_embeddings ?? false,
    ...(ropeScaling === undefined ? {} : { ropeScaling }),
    ...(window < context ? { window } : {}),
    ...(architecture.qkvBias ? { qkvBias: true } : {}),
  };
}

function parse(where: string, json: unknown): z.infer<typeof Fields> {
  const parsed = Fields.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue.path.map(String).join(".") || "the whole file";
  throw new InputError({ where: `${where}, field ${field}`, found: valueAt(json, issue.path), expected: issue.message });
}

function valueAt(json: unknown, path: readonly PropertyKey[]): string {
  const value = path.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null ? new Map(Object.entries(at)).get(String(key)) : undefined),
    json,
  );
  return (JSON.stringify(value) ?? "nothing").slice(0, 120);
}

/** The right sizes under another head: a reward or embedding model has no output matrix of its own. */
function checkClass(where: string, json: unknown, { className }: Architecture): void {
  const classes = z.looseObject({ architectures: z.array(z.string()) }).safeParse(json).data?.architectures;
  if (classes === undefined || classes.includes(className)) return;
  throw new InputError({
    where: `${where}, field architectures`,
    found: JSON.stringify(classes).slice(0, 120),
    expected: className,
  });
}

function checkOptions(where: string, json: unknown, { only }: Architecture): void {
  for (const [field, allowed] of Object.entries({ ...only, quantization_config: [null], layer_types: [null] })) {
    const value = z.looseObject({ [field]: z.unknown() }).safeParse(json).data?.[field];
    const isAllowed = value === undefined || allowed.some((one) => one === value) || isFullAttention(field, value);
    check(where, field, { value, holds: isAllowed, expected: allowed.map((one) => JSON.stringify(one)).join(" or ") });
  }
}

const isFullAttention = (field: string, value: unknown): boolean =>
  field === "layer_types" && Array.isArray(value) && value.every((type) => type === "full_attention");

function check(
  where: string,
  field: string,
  { value, holds, expected }: { value: unknown; holds: boolean; expected: string },
): void {
  if (holds) return;
  throw new InputError({
    where: `${where}, field ${field}`,
    found: (JSON.stringify(value) ?? "nothing").slice(0, 120),
    expected,
    remedy: "this option isn't run",
  });
}

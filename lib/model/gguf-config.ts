import { InputError } from "../core/errors.js";
import type { ModelFile } from "../formats/model-file.js";
import type { ModelConfig } from "./config.js";

/** Sizes beyond these are refused before anything is allocated. */
const LIMITS = {
  blocks: 1_024,
  width: 65_536,
  hidden: 524_288,
  heads: 1_024,
  vocabulary: 2_097_152,
  context: 16_777_216,
} as const;

/**
 * The configuration in a GGUF's metadata, every field checked against the others.
 * @throws InputError for an architecture that we don't run, or a field that is missing or impossible
 */
export function configFromGguf(file: ModelFile): ModelConfig {
  const architecture = file.metadata.get("general.architecture");
  if (architecture !== "llama") {
    throw new InputError({
      where: `${file.path}, field general.architecture`,
      found: JSON.stringify(architecture ?? null),
      expected: "llama",
      remedy: "other architectures are not run yet",
    });
  }
  const fields = fieldReader(file);
  const width = fields.integer("llama.embedding_length", LIMITS.width);
  const heads = fields.integer("llama.attention.head_count", LIMITS.heads);
  const stated = file.metadata.has("llama.attention.key_length");
  fields.check("llama.attention.head_count", heads, stated || width % heads === 0, `a divisor of embedding_length (${width})`);
  const headWidth = fields.integer("llama.attention.key_length", LIMITS.width, width / heads);
  const kvHeads = fields.integer("llama.attention.head_count_kv", heads, heads);
  fields.check("llama.attention.head_count_kv", kvHeads, heads % kvHeads === 0, `a divisor of head_count (${heads})`);
  fields.check("llama.attention.head_count", heads, headWidth % 2 === 0, `heads of an even width (they have ${headWidth})`);
  const rotated = fields.integer("llama.rope.dimension_count", LIMITS.width, headWidth);
  fields.check("llama.rope.dimension_count", rotated, rotated === headWidth, `the head's width (${headWidth})`);
  refuseRopeScaling(file);
  return {
    architecture,
    width,
    heads,
    kvHeads,
    headWidth,
    blocks: fields.integer("llama.block_count", LIMITS.blocks),
    hidden: fields.integer("llama.feed_forward_length", LIMITS.hidden),
    vocabulary: vocabularySize(file),
    normEpsilon: fields.positive("llama.attention.layer_norm_rms_epsilon"),
    ropeBase: fields.positive("llama.rope.freq_base", 10_000),
    context: fields.integer("llama.context_length", LIMITS.context),
    tiedOutput: !file.tensors.has("output.weight"),
  };
}

function fieldReader(file: ModelFile) {
  const refuse = (field: string, found: unknown, expected: string): InputError =>
    new InputError({ where: `${file.path}, field ${field}`, found: JSON.stringify(found ?? null).slice(0, 80), expected });
  return {
    integer(field: string, atMost: number, fallback?: number): number {
      const value = file.metadata.get(field) ?? fallback;
      if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= atMost) return value;
      throw refuse(field, value, `a whole number from 1 to ${atMost}`);
    },
    positive(field: string, fallback?: number): number {
      const value = file.metadata.get(field) ?? fallback;
      if (typeof value === "number" && value > 0 && Number.isFinite(value)) return value;
      throw refuse(field, value, "a number above 0");
    },
    check(field: string, value: number, holds: boolean, expected: string): void {
      if (!holds) throw refuse(field, value, expected);
    },
  };
}

/** Scaled rotary embeddings change every answer: until they are built, such a file must not run as if it had none. */
function refuseRopeScaling(file: ModelFile): void {
  const scaling = file.metadata.get("llama.rope.scaling.type");
  if (scaling === undefined || scaling === "none") {
    if (!file.tensors.has("rope_freqs.weight")) return;
  }
  throw new InputError({
    where: `${file.path}, field llama.rope.scaling.type`,
    found: JSON.stringify(scaling ?? "rope_freqs.weight"),
    expected: "no rope scaling",
    remedy: "scaled rotary embeddings are not run yet",
  });
}

function vocabularySize(file: ModelFile): number {
  const [rows] = file.tensors.get("token_embd.weight")?.shape ?? [];
  if (rows !== undefined && rows <= LIMITS.vocabulary) return rows;
  throw new InputError({
    where: `${file.path}, tensor token_embd.weight`,
    found: rows === undefined ? "none" : `${rows} rows`,
    expected: `an embedding of at most ${LIMITS.vocabulary} tokens`,
  });
}

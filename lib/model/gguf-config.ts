import { InputError } from "../core/errors.js";
import type { ModelFile } from "../formats/model-file.js";
import { architectureIn, architectureNamed } from "./architectures/index.js";
import type { ModelConfig } from "./config.js";
import { ggufFields } from "./gguf-fields.js";
import { readRopeFactors, ropeScalingFromGguf } from "./gguf-rope.js";
import { LIMITS } from "./limits.js";

/**
 * The configuration in a GGUF's metadata, every field checked against the others.
 * @throws InputError for an architecture that we don't run, or a field that is missing or impossible
 */
export async function configFromGguf(file: ModelFile): Promise<ModelConfig> {
  const said = file.metadata.get("general.architecture");
  const architecture = architectureIn(`${file.path}, field general.architecture`, said, ({ gguf }) => gguf?.name);
  const { gguf, qkvBias } = architectureNamed(architecture);
  const fields = ggufFields(file, gguf?.name ?? architecture);
  const width = fields.integer("embedding_length", LIMITS.width);
  const heads = fields.integer("attention.head_count", LIMITS.heads);
  const stated = fields.has("attention.key_length");
  fields.check("attention.head_count", heads, stated || width % heads === 0, `a divisor of embedding_length (${width})`);
  const headWidth = fields.integer("attention.key_length", LIMITS.width, width / heads);
  const kvHeads = fields.integer("attention.head_count_kv", heads, heads);
  fields.check("attention.head_count_kv", kvHeads, heads % kvHeads === 0, `a divisor of head_count (${heads})`);
  fields.check("attention.head_count", heads, headWidth % 2 === 0, `heads of an even width (they have ${headWidth})`);
  const rotated = fields.integer("rope.dimension_count", LIMITS.width, headWidth);
  fields.check("rope.dimension_count", rotated, rotated === headWidth, `the head's width (${headWidth})`);
  const context = fields.integer("context_length", LIMITS.context);
  const ropeBase = fields.positive("rope.freq_base", 10_000);
  const byFields = ropeScalingFromGguf(fields, context);
  const ropeScaling = (await readRopeFactors(file, headWidth)) ?? byFields;
  fields.check("rope.scaling.type", "a kind beside rope_freqs.weight", byFields === undefined || ropeScaling === byFields, "one");
  const window = fields.has("attention.sliding_window") ? fields.integer("attention.sliding_window", LIMITS.context) : context;
  return {
    architecture,
    width,
    heads,
    kvHeads,
    headWidth,
    blocks: fields.integer("block_count", LIMITS.blocks),
    hidden: fields.integer("feed_forward_length", LIMITS.hidden),
    vocabulary: vocabularySize(file),
    normEpsilon: fields.positive("attention.layer_norm_rms_epsilon"),
    ropeBase,
    context,
    tiedOutput: !file.tensors.has("output.weight"),
    ...(ropeScaling === undefined ? {} : { ropeScaling }),
    ...(window < context ? { window } : {}),
    ...(qkvBias ? { qkvBias } : {}),
  };
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

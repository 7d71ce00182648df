import { z } from "zod";

import { InputError } from "../core/errors.js";
import { type ModelFolder, openModelFolder } from "../formats/index.js";
import { chatTemplateOf, createTokenizer, readChatTemplate, vocabularyFromFiles } from "../text/index.js";
import type { Vocabulary } from "../text/index.js";
import { configFromHuggingFace } from "./hugging-face-config.js";
import { weightsFromHuggingFace } from "./hugging-face-weights.js";
import type { Model } from "./model.js";
import { countParameters } from "./weights.js";

const id = z.number().int().nonnegative();
const Specials = z.looseObject({ bos_token_id: id.nullish(), eos_token_id: z.union([id, z.array(id).max(64)]).nullish() });

/**
 * Opens a model as Hugging Face's libraries save it: config.json, safetensors, tokenizer.json or tokenizer.model, and where they
 * exist generation_config.json, tokenizer_config.json and chat_template.jinja. Weights are read when asked for.
 * @throws InputError naming the file and field that is missing or wrong
 */
export async function loadFolder(path: string, identity: Pick<Model, "name" | "title">): Promise<Model> {
  const folder = await openModelFolder(path);
  try {
    return await modelOf(folder, identity);
  } catch (error) {
    await folder.weights.close();
    throw error;
  }
}

async function modelOf(folder: ModelFolder, identity: Pick<Model, "name" | "title">): Promise<Model> {
  const { path, weights: file } = folder;
  const described = await folder.json("config.json");
  if (described === undefined) throw new InputError({ where: path, found: "no config.json", expected: "one" });
  const config = configFromHuggingFace(`${path}/config.json`, described);
  const weights = weightsFromHuggingFace(file, config);
  const { vocabulary, template } = await readFolderText(folder, described, config.vocabulary);
  const metadata = new Map(template === undefined ? [] : [["tokenizer.chat_template", template]]);
  return {
    ...identity,
    digest: await folder.digest(),
    path,
    bytes: file.bytes,
    storage: file.tensors.get("model.layers.0.self_attn.q_proj.weight")?.storage ?? "F32",
    parameters: countParameters(weights),
    config,
    weights,
    tokenizer: createTokenizer(`${path}/tokenizer.json`, vocabulary),
    chat: readChatTemplate(path, metadata, vocabulary),
    precision: "f32",
    close: () => file.close(),
  };
}

/** What a folder says about text. */
export interface FolderText {
  readonly vocabulary: Vocabulary;
  /** The chat template, in Jinja. */
  readonly template: string | undefined;
}

/**
 * The vocabulary and chat template of a folder.
 * @param described its config.json   @param size rows of the embedding   @throws InputError naming the file and field that is wrong
 */
export async function readFolderText(folder: ModelFolder, described: unknown, size: number): Promise<FolderText> {
  const { path } = folder;
  const tokenizerConfig = await folder.json("tokenizer_config.json");
  const json = await folder.json("tokenizer.json");
  const vocabulary = vocabularyFromFiles({
    folder: path,
    json,
    model: json === undefined ? await folder.bytes("tokenizer.model") : undefined,
    config: tokenizerConfig,
    ...(await specialTokens(folder, described)),
    size: size,
  });
  const template = chatTemplateOf(path, tokenizerConfig, await folder.bytes("chat_template.jinja"));
  return { vocabulary, template };
}

/** Beginning and end tokens: generation_config.json's where it has them, as a chat model may end its answers otherwise. */
async function specialTokens(folder: ModelFolder, config: unknown): Promise<{ bos: number | undefined; eos: readonly number[] }> {
  const [stated, generation] = [specialsOf(folder, "config.json", config), await folder.json("generation_config.json")];
  const better = specialsOf(folder, "generation_config.json", generation ?? {});
  const eos = [better.eos_token_id ?? [], stated.eos_token_id ?? []].flat();
  return { bos: better.bos_token_id ?? stated.bos_token_id ?? undefined, eos };
}

function specialsOf({ path }: ModelFolder, name: string, json: unknown): z.infer<typeof Specials> {
  const parsed = Specials.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = `${path}/${name}, field ${issue.path.map(String).join(".") || "(all)"}`;
  throw new InputError({ where, found: "something else", expected: "token ids" });
}

import { basename, extname, isAbsolute, resolve } from "node:path";

import { InputError } from "../core/errors.js";
import { unknownName } from "../core/lookup.js";
import { modelFolderOf, openModelFile } from "../formats/index.js";
import type { ModelFile } from "../formats/model-file.js";
import { createTokenizer, readChatTemplate, readVocabulary } from "../text/index.js";
import { configFromGguf } from "./gguf-config.js";
import { weightsFromGguf } from "./gguf-weights.js";
import { loadFolder } from "./load-folder.js";
import { knownModelPath, knownModels } from "./known-models.js";
import type { Model } from "./model.js";
import { runChange, type RunSettings } from "./run-settings.js";
import { countParameters } from "./weights.js";

/** How a model is called and run. */
export interface LoadSettings extends RunSettings {
  /** In place of what its file or folder is called: a hub's folders bear the names of commits. */
  readonly title?: string | undefined;
}

/**
 * Opens a model by its known name, or by the path of a GGUF file (any part of a split one), of a folder of safetensors, or of a
 * safetensors file within one. Weights are read when asked for.
 * @throws InputError for an unknown name or template, a file that is not there, or one that is no whole LLaMA-type model
 */
export async function loadModel(nameOrPath: string, settings: LoadSettings = {}): Promise<Model> {
  const change = runChange(settings);
  return change(await openModel(nameOrPath, settings));
}

async function openModel(nameOrPath: string, { title }: LoadSettings): Promise<Model> {
  const known = Object.hasOwn(knownModels, nameOrPath) ? knownModels[nameOrPath] : undefined;
  if (known === undefined && !looksLikePath(nameOrPath)) throw unknownModel(nameOrPath);
  const path = known === undefined ? nameOrPath : knownModelPath(nameOrPath);
  const folder = await modelFolderOf(path);
  if (folder !== undefined) return loadFolder(folder, { name: asName(title ?? stem(folder)), title: title ?? stem(folder) });
  const file = await openModelFile(path);
  try {
    const digest = await file.digest();
    if (known !== undefined && digest !== known.sha256) throw wrongDigest(path, digest, known.sha256);
    return await modelOf(file, {
      digest,
      name: known === undefined ? asName(title ?? stem(path)) : nameOrPath,
      title: known?.title ?? title ?? titleOf(file),
    });
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function modelOf(file: ModelFile, identity: Pick<Model, "digest" | "name" | "title">): Promise<Model> {
  if (file.format !== "gguf") {
    throw new InputError({ where: file.path, found: `a ${file.format} file`, expected: "a GGUF file" });
  }
  const config = await configFromGguf(file);
  const weights = weightsFromGguf(file, config);
  const vocabulary = readVocabulary(file.path, file.metadata);
  return {
    ...identity,
    path: file.path,
    bytes: file.bytes,
    storage: file.tensors.get("blk.0.attn_q.weight")?.storage ?? "F32",
    parameters: countParameters(weights),
    config,
    weights,
    tokenizer: createTokenizer(file.path, vocabulary),
    chat: readChatTemplate(file.path, file.metadata, vocabulary),
    precision: "f32",
    close: () => file.close(),
  };
}

const looksLikePath = (text: string): boolean =>
  isAbsolute(text) || text.startsWith(".") || text.includes("/") || text.includes("\\") || /\.(gguf|safetensors)$/.test(text);

const stem = (path: string): string => basename(resolve(path), extname(path) === ".gguf" ? ".gguf" : "");

/** A name as part of variants' ids. */
const asName = (text: string): string => text.toLowerCase().replace(/[^a-z0-9.-]+/g, "-");

function titleOf(file: ModelFile): string {
  const name = file.metadata.get("general.name");
  return typeof name === "string" && name.trim() !== "" ? name.trim().slice(0, 120) : basename(file.path);
}

function unknownModel(name: string): InputError {
  const { where, found, expected, remedy } = unknownName("model", Object.keys(knownModels), name);
  return new InputError({
    where,
    found,
    expected: `${expected}, or the path of a GGUF file or of a folder of safetensors`,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

function wrongDigest(path: string, found: string, expected: string): InputError {
  return new InputError({
    where: path,
    found: `SHA-256 ${found}`,
    expected,
    remedy: "the file is not the one this name stands for; delete it and run `npm run setup`",
  });
}

import { basename } from "node:path";

import { InputError } from "../../core/errors.js";
import type { HubFile } from "./hub.js";
import type { HubId } from "./hub-id.js";

/** A file to fetch, and its name in the entry's folder. */
export interface Wanted extends HubFile {
  readonly name: string;
}

const INDEX = "model.safetensors.index.json";
const SINGLE = "model.safetensors";
/** What a model needs beside its weights; small, and read whole. */
const SMALL_FILES = [
  "config.json",
  "generation_config.json",
  "tokenizer.json",
  "tokenizer.model",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "added_tokens.json",
  "chat_template.jinja",
  "chat_template.json",
  INDEX,
];
const LARGEST_SMALL_FILE = 128 * 2 ** 20;
/** Names come from a server: letters, digits and three signs, no folder, nothing hidden. */
const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,199}$/;

/** The small files among a repository's. @throws InputError if it has no config.json, or one is too large to be one */
export function smallFiles({ repository }: HubId, files: readonly HubFile[]): Wanted[] {
  const wanted = SMALL_FILES.flatMap((name) => files.filter(({ path }) => path === name).map((file) => ({ ...file, name })));
  if (!wanted.some(({ name }) => name === "config.json")) throw noModel(repository, files);
  const large = wanted.find(({ bytes }) => bytes > LARGEST_SMALL_FILE);
  if (large === undefined) return wanted;
  throw new InputError({
    where: `${repository}, ${large.name}`,
    found: `${large.bytes} bytes`,
    expected: `at most ${LARGEST_SMALL_FILE}`,
  });
}

/**
 * The files with the weights: what the index names, or the one file.
 * @param shards the values of the index's weight_map; undefined if there is no index
 * @throws InputError if there are none, or the index names what the repository lacks
 */
export function weightFiles({ repository }: HubId, files: readonly HubFile[], shards: readonly string[] | undefined): Wanted[] {
  if (shards !== undefined) return [...new Set(shards)].sort().map((name) => named(repository, files, name));
  const inRoot = files.filter(({ path }) => path.endsWith(".safetensors") && SAFE_NAME.test(path));
  const only = inRoot.find(({ path }) => path === SINGLE) ?? (inRoot.length === 1 ? inRoot[0] : undefined);
  if (only !== undefined) return [{ ...only, name: only.path }];
  throw noModel(repository, files);
}

/** A GGUF file's path with its siblings', in order, where it is one part of a split file. */
export function ggufParts(file: string): string[] {
  const [, stem, of] = /^(.*)-\d{5}-of-(\d{5})\.gguf$/.exec(file) ?? [];
  const count = Number(of);
  if (stem === undefined || count < 1 || count > 1000) return [file];
  return Array.from({ length: count }, (_, i) => `${stem}-${String(i + 1).padStart(5, "0")}-of-${of}.gguf`);
}

/** One GGUF file, with its siblings where it is split. @throws InputError naming those there are */
export function ggufFiles({ repository, file = "" }: HubId, files: readonly HubFile[]): Wanted[] {
  return ggufParts(file).map((path) => {
    const found = files.find((one) => one.path === path);
    const name = basename(path);
    if (found !== undefined && SAFE_NAME.test(name)) return { ...found, name };
    throw new InputError({
      where: `${repository}, ${path}`,
      found: "no such file",
      expected: `one of ${list(ggufPaths(files)) || "(it has no GGUF file)"}`,
    });
  });
}

/** Where exporters put a whole classifier, the most exact first. */
const ONNX_FILES = ["onnx/model.onnx", "model.onnx", "onnx/model_fp16.onnx", "onnx/model_quantized.onnx", "model_quantized.onnx"];

/** The ONNX file of a classifier, as model.onnx. @throws InputError if there is none, or its weights lie outside it */
export function onnxFile({ repository }: HubId, files: readonly HubFile[]): Wanted {
  const [path] = ONNX_FILES.filter((candidate) => files.some((file) => file.path === candidate));
  const file = files.find((candidate) => candidate.path === path);
  const outside = files.find((candidate) => path !== undefined && candidate.path.startsWith(`${path}_data`));
  if (file !== undefined && outside === undefined) return { ...file, name: "model.onnx" };
  throw new InputError({
    where: repository,
    found:
      outside === undefined ? `no ONNX model among ${files.length} files` : `weights outside the ONNX file (${outside.path})`,
    expected: `one of ${ONNX_FILES.join(", ")}, whole`,
    remedy: "export the model to ONNX into a folder, and name the folder",
  });
}

function named(repository: string, files: readonly HubFile[], name: string): Wanted {
  const found = files.find(({ path }) => path === name);
  if (found !== undefined && SAFE_NAME.test(name) && name.endsWith(".safetensors")) return { ...found, name };
  throw new InputError({
    where: `${repository}, ${INDEX}`,
    found: `the shard ${JSON.stringify(name.slice(0, 200))}`,
    expected: "a safetensors file that stands beside the index",
  });
}

const ggufPaths = (files: readonly HubFile[]): string[] => files.map(({ path }) => path).filter((path) => path.endsWith(".gguf"));
const list = (names: readonly string[]): string =>
  names
    .slice(0, 12)
    .map((name) => name.slice(0, 100))
    .join(", ");

function noModel(repository: string, files: readonly HubFile[]): InputError {
  const ggufs = ggufPaths(files);
  const pickled = files.some(({ path }) => path.endsWith(".bin") || path.endsWith(".pth"));
  return new InputError({
    where: repository,
    found: pickled ? "weights as Python pickles only" : `no config.json with safetensors among ${files.length} files`,
    expected: "config.json and *.safetensors, or a GGUF file named behind a colon",
    ...(ggufs.length > 0 ? { remedy: `name one: ${repository}:${list(ggufs.slice(0, 1))}; it has ${list(ggufs)}` } : {}),
    ...(ggufs.length === 0 && pickled ? { remedy: "convert the model to safetensors, or take a repository that has them" } : {}),
  });
}

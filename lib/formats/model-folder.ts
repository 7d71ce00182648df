import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { InputError } from "../core/errors.js";
import { openByteReader } from "./byte-reader.js";
import { duplicateName } from "./json-names.js";
import { checkJsonSize, type JsonLimits } from "./json-scan.js";
import type { ModelFile } from "./model-file.js";
import { openSafetensors } from "./safetensors.js";
import { openShards } from "./safetensors-shards.js";

/** A model as Hugging Face's libraries save it: safetensors beside JSON files. */
export interface ModelFolder {
  readonly path: string;
  readonly weights: ModelFile;
  /** A JSON file of the folder, or undefined where there is none. @throws InputError if it is no JSON or unreasonably large */
  json(name: string): Promise<unknown>;
  /** Any other small file of the folder, or undefined where there is none. @throws InputError if it is larger than 16 MiB */
  bytes(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** SHA-256 over the weights' digest and every other file that was read so far, by name: whatever changes an answer. */
  digest(): Promise<string>;
}

const WHOLE = "model.safetensors";
const INDEX = "model.safetensors.index.json";
const LARGEST_FILE = 2 ** 24;
const TOKENIZER = "tokenizer.json";
/** LLaMA 3's tokenizer.json has 17 MB, 131,000 names, 280,000 lists and 0.7 million values. */
const TOKENIZER_LIMITS = { bytes: 24 * 2 ** 20, depth: 64, containers: 2 ** 19, values: 3 * 2 ** 19, names: 2 ** 18 };
/** Of every other file; the index of a model of 405B parameters has 0.1 MB. */
const JSON_LIMITS = { bytes: 2 ** 22, depth: 64, containers: 2 ** 17, values: 2 ** 18, names: 2 ** 17 };

/** The folder that a path means: itself, or the one around a safetensors file; undefined for other files. */
export async function modelFolderOf(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) return path;
  return found !== undefined && path.endsWith(".safetensors") ? dirname(path) : undefined;
}

/**
 * Opens the weights of a folder, one file or all shards, and checks them; JSON files are read when asked for.
 * @throws InputError naming the file that is missing or wrong
 */
export async function openModelFolder(path: string): Promise<ModelFolder> {
  const read = new Map<string, string>(); // digests by name
  const bytes = (name: string): Promise<Uint8Array<ArrayBuffer> | undefined> =>
    readWhole(join(path, name), LARGEST_FILE, (digest) => read.set(name, digest));
  const json = async (name: string): Promise<unknown> => {
    const limits = name === TOKENIZER ? TOKENIZER_LIMITS : JSON_LIMITS;
    const content = await readWhole(join(path, name), limits.bytes, (digest) => read.set(name, digest));
    return content === undefined ? undefined : parseJson(join(path, name), content, limits);
  };
  const index = await json(INDEX);
  const weights = index === undefined ? await openWhole(path) : await openShards(join(path, INDEX), index);
  return {
    path,
    weights,
    json,
    bytes,
    digest: async () => {
      const hash = createHash("sha256").update(`${await weights.digest()}\n`);
      for (const [name, digest] of [...read].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${name} ${digest}\n`);
      return hash.digest("hex");
    },
  };
}

async function openWhole(folder: string): Promise<ModelFile> {
  const path = join(folder, WHOLE);
  if ((await stat(path).catch(() => undefined)) !== undefined) return openSafetensors(path);
  throw new InputError({
    where: folder,
    found: `neither ${WHOLE} nor ${INDEX}`,
    expected: "a folder as `save_pretrained` of transformers writes it, or the path of a GGUF file",
    remedy: "weights in other formats (pytorch_model.bin) are programs; save them as safetensors first",
  });
}

async function readWhole(
  path: string,
  most: number,
  note: (digest: string) => void,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if ((await stat(path).catch(() => undefined)) === undefined) return undefined;
  const reader = await openByteReader(path);
  try {
    if (reader.bytes > most) throw new InputError({ where: path, found: `${reader.bytes} bytes`, expected: `at most ${most}` });
    const content = await reader.read("contents", 0, reader.bytes);
    note(createHash("sha256").update(content).digest("hex"));
    return content;
  } finally {
    await reader.close();
  }
}

function parseJson(path: string, bytes: Uint8Array<ArrayBuffer>, limits: JsonLimits): unknown {
  checkJsonSize(path, bytes, limits);
  const text = Buffer.from(bytes.buffer).toString("utf8");
  try {
    const value: unknown = JSON.parse(text);
    const twice = duplicateName(text);
    if (twice === undefined) return value;
    const found = `the name ${JSON.stringify(twice).slice(0, 80)} twice in one object`;
    throw new InputError({ where: path, found, expected: "each name once" });
  } catch (error) {
    if (error instanceof InputError) throw error;
    const found = error instanceof Error ? error.message.slice(0, 200) : "no JSON";
    throw new InputError({ where: path, found, expected: "JSON", remedy: `fetch ${basename(path)} again` });
  }
}

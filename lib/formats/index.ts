import { InputError } from "../core/errors.js";
import { openByteReader } from "./byte-reader.js";
import type { ByteReader } from "./byte-reader.js";
import * as catalogue from "./catalogue.js";
import { withOtherParts } from "./gguf-split.js";
import type { Format, ModelFile } from "./model-file.js";

export { cached, cachedEntry, cacheFolder, draftEntry, fileDigest } from "./cache.js";
export type { CacheDraft } from "./cache.js";
export { draftFolder, type FolderDraft, onDisk, readTextIfThere } from "./folder-draft.js";
export { readGgufKeys } from "./gguf.js";
export { encodeLevels, LEVEL_LAYOUTS, type LevelLayout, type ScaledLevels, toHalfAndBack } from "./gguf-block-encoding.js";
export type { GgufValue } from "./gguf-values.js";
export { ggufBytes, type GgufSource, type GgufStorage, writeGguf } from "./gguf-writer.js";
export { floatToBfloat, floatToHalf } from "./half-floats.js";
export { readGzipLines } from "./gzip-lines.js";
export {
  cachedDataFolder,
  type DataFolder,
  type DatasetFile,
  fetchDataFolder,
  fetchDatasetFile,
  fetchHubClassifier,
  fetchHubModel,
  type HubId,
  type HubOptions,
  parseHubId,
} from "./hub/index.js";
export { readJson, writeJson } from "./json-file.js";
export type { Format, MetadataValue, ModelFile, StorageType, TensorInfo } from "./model-file.js";
export { type ModelFolder, modelFolderOf, openModelFolder } from "./model-folder.js";
export { PartialEntry } from "./partial-entry.js";
export { openScratchFile, type ScratchFile } from "./scratch-file.js";
export { openSafetensors, writeSafetensors } from "./safetensors.js";
export type { SafetensorsFile, TensorToWrite } from "./safetensors.js";
export { safetensorsBytes, type SafetensorsSource, writeSafetensorsModel } from "./safetensors-writer.js";
export type { TensorSource } from "./tensor-stream.js";

const START = 16;

/**
 * Opens a model file in whichever format its first bytes say, and checks its whole header. Where a GGUF is one of several
 * parts, the others are opened with it.
 * @throws InputError if there is no such file, no format recognises it, or its header is wrong; it then names file, field and offset
 */
export async function openModelFile(path: string): Promise<ModelFile> {
  const file = await openOne(path);
  return file.format === "gguf" ? withOtherParts(file, openOne) : file;
}

async function openOne(path: string): Promise<ModelFile> {
  const reader = await openByteReader(path);
  try {
    return await (await formatOf(reader)).open(reader);
  } catch (error) {
    await reader.close();
    throw error;
  }
}

async function formatOf(reader: ByteReader): Promise<Format> {
  const start = await reader.read("first bytes", 0, Math.min(START, reader.bytes));
  const formats: Format[] = Object.values(catalogue);
  const format = formats.find((candidate) => candidate.recognises(start));
  if (format !== undefined) return format;
  const hex = Buffer.from(start.slice(0, 8)).toString("hex");
  throw new InputError({
    where: `${reader.path}, offset 0`,
    found: reader.bytes === 0 ? "an empty file" : `first bytes ${hex} that no format has`,
    expected: `a ${formats.map(({ name }) => name).join(" or ")} file`,
  });
}

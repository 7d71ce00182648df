import { z } from "zod";

import { type GgufValue, modelFolderOf, openModelFile, openModelFolder, readGgufKeys } from "../../formats/index.js";
import { readFolderText } from "../../model/index.js";
import type { Model } from "../../model/model.js";
import { readVocabulary } from "../../text/index.js";
import type { Vocabulary } from "../../text/index.js";

interface SourceText {
  /** The folder, or the GGUF file. */
  readonly path: string;
  readonly vocabulary: Vocabulary;
  /** In Jinja. */
  readonly chatTemplate: string | undefined;
}

/** What a model's own files say beside its weights, to be said again in an export. */
export type ExportSource =
  | (SourceText & { readonly kind: "folder"; readonly config: Readonly<Record<string, unknown>> })
  | (SourceText & { readonly kind: "gguf"; readonly keys: ReadonlyMap<string, GgufValue> });

/** Reads it from the model's files. @throws InputError if they are gone or have been changed into something else */
export async function readSource({ path, config }: Model): Promise<ExportSource> {
  const folder = await modelFolderOf(path);
  return folder === undefined ? fromGguf(path) : fromFolder(folder, config.vocabulary);
}

async function fromFolder(path: string, size: number): Promise<ExportSource> {
  const folder = await openModelFolder(path);
  try {
    const described = await folder.json("config.json");
    const { vocabulary, template } = await readFolderText(folder, described, size);
    const config = z.record(z.string(), z.unknown()).parse(described);
    return { kind: "folder", path, vocabulary, chatTemplate: template, config };
  } finally {
    await folder.weights.close();
  }
}

async function fromGguf(path: string): Promise<ExportSource> {
  const file = await openModelFile(path);
  try {
    const template = file.metadata.get("tokenizer.chat_template");
    return {
      kind: "gguf",
      path,
      vocabulary: readVocabulary(path, file.metadata),
      chatTemplate: typeof template === "string" ? template : undefined,
      keys: await readGgufKeys(path),
    };
  } finally {
    await file.close();
  }
}

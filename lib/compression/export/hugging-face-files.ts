import { basename } from "node:path";

import type { FolderDraft } from "../../formats/index.js";
import { tokenizerConfigOf, tokenizerJsonOf } from "../../text/index.js";
import type { ExportRequest, Floats } from "./export-format.js";
import type { ExportSource } from "./export-source.js";
import { huggingFaceConfig } from "./hugging-face-config.js";

const DTYPES: Readonly<Record<Floats, string>> = { F32: "float32", F16: "float16", BF16: "bfloat16" };

/** Files of a folder that say how text is read, and nothing that is run as a program. */
const TEXT_FILES = [
  "tokenizer.json",
  "tokenizer.model",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "added_tokens.json",
  "vocab.json",
  "merges.txt",
  "chat_template.jinja",
  "generation_config.json",
];

/** Writes config.json, generation_config.json and the tokenizer's files: copies where the model has them, else written from its GGUF. */
export interface HuggingFaceFiles {
  /** @param more fields of config.json that the format adds */
  write(draft: FolderDraft, more: Readonly<Record<string, unknown>>): Promise<void>;
}

/** @throws InputError if config.json can't say what the model is */
export function huggingFaceFiles({ variant, source, floats }: ExportRequest): HuggingFaceFiles {
  const config = configOf({ variant, source, floats });
  return {
    write: async (draft, more) => {
      await draft.write("config.json", text({ ...config, ...more }));
      if (source.kind === "folder") await draft.copy(source.path, TEXT_FILES);
      else await writeText(draft, source);
    },
  };
}

const text = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The model's own config.json, but for what no longer holds and for code that a loader might fetch. */
function configOf({ variant, source, floats }: ExportRequest): Readonly<Record<string, unknown>> {
  const dtype = { dtype: DTYPES[floats], torch_dtype: DTYPES[floats] };
  if (source.kind === "gguf") return { ...huggingFaceConfig(variant.model.config, source), ...dtype };
  const dropped = new Set(["quantization_config", "auto_map", "_name_or_path"]);
  const kept = Object.fromEntries(Object.entries(source.config).filter(([field]) => !dropped.has(field)));
  return { ...kept, ...dtype };
}

async function writeText(draft: FolderDraft, source: ExportSource): Promise<void> {
  const { vocabulary, chatTemplate } = source;
  const { bos, endOfText } = vocabulary;
  await draft.write("tokenizer.json", text(tokenizerJsonOf(vocabulary)));
  await draft.write("tokenizer_config.json", text(tokenizerConfigOf(vocabulary, chatTemplate)));
  const specials = { ...(bos === undefined ? {} : { bos_token_id: bos }), eos_token_id: endOfText };
  await draft.write("generation_config.json", text(endOfText.length > 0 ? specials : {}));
}

/** The model's name for files and metadata: the folder's or file's own. */
export const sourceName = ({ path }: ExportSource): string => basename(path).replace(/\.gguf$/, "");

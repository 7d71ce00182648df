import { InputError } from "../core/errors.js";
import { unknownName } from "../core/lookup.js";
import { PRE_TOKENIZERS } from "./pre-tokenizers.js";
import type { PreTokenizer } from "./pre-tokenizers.js";

/** What kind of token: ggml's numbers. */
export const TOKEN_KIND = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** The vocabulary of a byte-level BPE model, as any file format gives it. */
export interface Vocabulary {
  /** Token texts in the byte alphabet; control and user-defined ones as they are. */
  readonly tokens: readonly string[];
  /** One of TOKEN_KIND for each token. */
  readonly kinds: readonly number[];
  /** "left right", the strongest first. */
  readonly merges: readonly string[];
  readonly preTokenizer: PreTokenizer;
  /** Beginning of sequence. */
  readonly bos?: number;
  /** Whether the model wants `bos` before raw text. */
  readonly addsBos: boolean;
  /** End of sequence. */
  readonly eos?: number;
  /** Tokens that end an answer, `eos` among them. */
  readonly endOfText: readonly number[];
}

/** Control tokens that end an answer in some model, whether or not its file says so. */
const ENDING_TEXTS = new Set(["<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|end_of_text|>", "<|eom_id|>", "</s>"]);
const ENDING_KEYS = ["tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"];

/**
 * The vocabulary in a GGUF file's metadata, checked.
 * @param path of the file, for errors
 * @throws InputError naming the field, and the tokenizer or pre-tokenizer that isn't supported
 */
export function readVocabulary(path: string, metadata: ReadonlyMap<string, unknown>): Vocabulary {
  const fields = fieldReader(path, metadata);
  checkModel(path, fields.optional("tokenizer.ggml.model"));
  const tokens = fields.texts("tokenizer.ggml.tokens");
  const kinds = metadata.has("tokenizer.ggml.token_type") ? fields.numbers("tokenizer.ggml.token_type") : tokens.map(() => 1);
  if (kinds.length !== tokens.length) {
    throw fields.error("tokenizer.ggml.token_type", `${kinds.length} entries`, `${tokens.length}, one for each token`);
  }
  const name = fields.optional("tokenizer.ggml.pre");
  const preTokenizer = preTokenizerOf(path, name);
  const bos = fields.tokenId("tokenizer.ggml.bos_token_id", tokens.length);
  const eos = fields.tokenId("tokenizer.ggml.eos_token_id", tokens.length);
  const addsBos = fields.optional("tokenizer.ggml.add_bos_token") ?? preTokenizer.addsBos;
  const byKey = ENDING_KEYS.map((key) => fields.tokenId(key, tokens.length)).filter((id) => id !== undefined);
  const byText = tokens.flatMap((text, id) => (kinds[id] === TOKEN_KIND.control && ENDING_TEXTS.has(text) ? [id] : []));
  return {
    tokens,
    kinds,
    merges: fields.texts("tokenizer.ggml.merges"),
    preTokenizer,
    ...(bos === undefined ? {} : { bos }),
    addsBos: addsBos === true,
    ...(eos === undefined ? {} : { eos }),
    endOfText: [...new Set([...byKey, ...byText])],
  };
}

function checkModel(path: string, model: unknown): void {
  if (model === "gpt2") return;
  throw new InputError({
    where: `${path}, tokenizer.ggml.model`,
    found: model === undefined ? "no tokenizer" : `tokenizer ${JSON.stringify(model)}`,
    expected: 'a byte-level BPE tokenizer, "gpt2"',
    remedy: "other tokenizers are not supported yet",
  });
}

function preTokenizerOf(path: string, name: unknown): PreTokenizer {
  const text = typeof name === "string" ? name : "(none)";
  const found = PRE_TOKENIZERS.get(text);
  if (found !== undefined) return found;
  throw unknownName(`pre-tokenizer of ${path}, tokenizer.ggml.pre`, [...PRE_TOKENIZERS.keys()], text);
}

/** Checked access to metadata whose types a file decides. */
function fieldReader(path: string, metadata: ReadonlyMap<string, unknown>) {
  const error = (key: string, found: string, expected: string) => new InputError({ where: `${path}, ${key}`, found, expected });
  const list = <T>(key: string, isElement: (value: unknown) => value is T, expected: string): readonly T[] => {
    const value = metadata.get(key);
    if (Array.isArray(value) && value.every(isElement)) return value;
    throw error(key, value === undefined ? "nothing" : "something else", expected);
  };
  return {
    error,
    optional: (key: string): unknown => metadata.get(key),
    texts: (key: string) => list(key, (value): value is string => typeof value === "string", "a list of texts"),
    numbers: (key: string) => list(key, (value): value is number => typeof value === "number", "a list of numbers"),
    tokenId: (key: string, count: number): number | undefined => {
      const value = metadata.get(key);
      if (value === undefined) return undefined;
      if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value < count) return value;
      throw error(key, JSON.stringify(value).slice(0, 80), `a token id below ${count}`);
    },
  };
}

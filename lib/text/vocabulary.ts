import { InputError } from "../core/errors.js";
import { unknownName } from "../core/lookup.js";
import { PRE_TOKENIZERS } from "./pre-tokenizers.js";
import type { PreTokenizer } from "./pre-tokenizers.js";

/** What kind of token: ggml's numbers. */
export const TOKEN_KIND = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** What vocabularies of every kind have. */
export interface Tokens {
  /** As files write them: byte-level ones in the byte alphabet, SentencePiece ones with U+2581 for a space. */
  readonly tokens: readonly string[];
  /** One of TOKEN_KIND for each token. */
  readonly kinds: readonly number[];
  /** Beginning of sequence. */
  readonly bos?: number;
  /** Whether the model wants `bos` before raw text. */
  readonly addsBos: boolean;
  /** End of sequence. */
  readonly eos?: number;
  /** Tokens that end an answer, `eos` among them. */
  readonly endOfText: readonly number[];
}

/** A byte-level BPE vocabulary, as GPT-2, LLaMA 3, Qwen and SmolLM have. */
export interface ByteLevelVocabulary extends Tokens {
  readonly model: "byte-level";
  /** "left right", the strongest first. */
  readonly merges: readonly string[];
  readonly preTokenizer: PreTokenizer;
  /** Unicode's composed form is taken first, as Qwen does. */
  readonly normalizes?: boolean;
}

/** A SentencePiece BPE vocabulary with byte fallback, as LLaMA 1 and 2, TinyLlama and Mistral have. */
export interface SentencePieceVocabulary extends Tokens {
  readonly model: "sentence-piece";
  /** For each token; the highest is merged first. */
  readonly scores: readonly number[];
  /** Whether a text is read as if a space stood before it. */
  readonly addsSpacePrefix: boolean;
}

/** A SentencePiece BPE vocabulary as a tokenizer.json has it: pairs in the order of their merging, in place of scores. */
export interface MergedPiecesVocabulary extends Tokens {
  readonly model: "merged-pieces";
  /** The strongest first. */
  readonly merges: readonly (readonly [string, string])[];
  /**
   * Where a space is put before text: each stretch between special tokens ("always"), each that has none ("unless-there"), the
   * same at the very start only ("first"), or nowhere.
   */
  readonly spacePrefix: "always" | "unless-there" | "first" | "never";
}

/** A model's vocabulary, as any file format gives it. */
export type Vocabulary = ByteLevelVocabulary | SentencePieceVocabulary | MergedPiecesVocabulary;

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
  const model = fields.optional("tokenizer.ggml.model");
  if (model === "gpt2") {
    const preTokenizer = preTokenizerOf(path, fields.optional("tokenizer.ggml.pre"));
    const merges = fields.texts("tokenizer.ggml.merges");
    return { model: "byte-level", merges, preTokenizer, ...readTokens(fields, preTokenizer.addsBos) };
  }
  if (model === "llama") {
    const shared = readTokens(fields, true);
    const scores = fields.numbers("tokenizer.ggml.scores");
    fields.checkLength("tokenizer.ggml.scores", scores.length, shared.tokens.length);
    return {
      model: "sentence-piece",
      scores,
      addsSpacePrefix: fields.optional("tokenizer.ggml.add_space_prefix") !== false,
      ...shared,
    };
  }
  const found = model === undefined ? "no tokenizer" : `tokenizer ${JSON.stringify(model).slice(0, 80)}`;
  throw fields.error("tokenizer.ggml.model", found, 'byte-level BPE, "gpt2", or SentencePiece BPE, "llama"');
}

function readTokens(fields: FieldReader, addsBosUnlessSaid: boolean): Tokens {
  const tokens = fields.texts("tokenizer.ggml.tokens");
  const hasKinds = fields.optional("tokenizer.ggml.token_type") !== undefined;
  const kinds = hasKinds ? fields.numbers("tokenizer.ggml.token_type") : tokens.map(() => TOKEN_KIND.normal);
  fields.checkLength("tokenizer.ggml.token_type", kinds.length, tokens.length);
  const bos = fields.tokenId("tokenizer.ggml.bos_token_id", tokens.length);
  const eos = fields.tokenId("tokenizer.ggml.eos_token_id", tokens.length);
  const addsBos = fields.optional("tokenizer.ggml.add_bos_token") ?? addsBosUnlessSaid;
  const byKey = ENDING_KEYS.map((key) => fields.tokenId(key, tokens.length)).filter((id) => id !== undefined);
  return {
    tokens,
    kinds,
    ...(bos === undefined ? {} : { bos }),
    addsBos: addsBos === true,
    ...(eos === undefined ? {} : { eos }),
    endOfText: [...new Set([...byKey, ...endingTokens(tokens, kinds)])],
  };
}

/** Ids of control tokens that end an answer in some model, by their text. */
export const endingTokens = (tokens: readonly string[], kinds: readonly number[]): number[] =>
  tokens.flatMap((text, id) => (kinds[id] === TOKEN_KIND.control && ENDING_TEXTS.has(text) ? [id] : []));

function preTokenizerOf(path: string, name: unknown): PreTokenizer {
  const text = typeof name === "string" ? name : "(none)";
  const found = PRE_TOKENIZERS.get(text);
  if (found !== undefined) return found;
  throw unknownName(`pre-tokenizer of ${path}, tokenizer.ggml.pre`, [...PRE_TOKENIZERS.keys()], text);
}

type FieldReader = ReturnType<typeof fieldReader>;

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
    checkLength: (key: string, found: number, expected: number): void => {
      if (found !== expected) throw error(key, `${found} entries`, `${expected}, one for each token`);
    },
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

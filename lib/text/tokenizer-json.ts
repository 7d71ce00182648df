import { z } from "zod";

import { InputError } from "../core/errors.js";
import { BYTE_TOKENS } from "./pieces.js";
import type { PreTokenizer } from "./pre-tokenizers.js";
import { addsBosOf, checkDecoder, isComposed, preTokenizerOfJson, spacePrefixOf } from "./tokenizer-json-steps.js";
import type { Step } from "./tokenizer-json-steps.js";
import { TOKEN_KIND } from "./vocabulary.js";
import type { ByteLevelVocabulary, MergedPiecesVocabulary } from "./vocabulary.js";

const step: z.ZodType<Step | null | undefined> = z.looseObject({ type: z.string() }).nullish();

const AddedToken = z.looseObject({
  id: z.number().int().nonnegative(),
  content: z.string(),
  special: z.boolean(),
  single_word: z.literal(false),
  lstrip: z.literal(false),
  rstrip: z.literal(false),
});

const File = z.looseObject({
  added_tokens: z.array(AddedToken).default([]),
  normalizer: step,
  pre_tokenizer: step,
  post_processor: step,
  decoder: step,
  model: z.looseObject({
    type: z.literal("BPE"),
    dropout: z.null().optional(),
    continuing_subword_prefix: z.literal("").nullish(),
    end_of_word_suffix: z.literal("").nullish(),
    byte_fallback: z.boolean().optional(),
    ignore_merges: z.boolean().optional(),
    unk_token: z.string().nullish(),
    vocab: z.custom<Readonly<Record<string, number>>>(isVocabulary, { error: "ids by token" }),
    merges: z.custom<readonly (string | readonly [string, string])[]>(isMerges, { error: "pairs of tokens, at most 524,288" }),
  }),
});

type TokenizerJson = z.infer<typeof File>;

/** What a tokenizer.json says; which tokens begin and end a text stands in other files. */
export type JsonVocabulary = { readonly addsBos: string | undefined } & (
  | Pick<ByteLevelVocabulary, "model" | "tokens" | "kinds" | "merges" | "preTokenizer" | "normalizes">
  | Pick<MergedPiecesVocabulary, "model" | "tokens" | "kinds" | "merges" | "spacePrefix">
);

/** By hand: zod's record leaves out a token called `__proto__`, and is slow. */
function isVocabulary(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((id) => typeof id === "number" && Number.isSafeInteger(id) && id >= 0);
}

const MOST_MERGES = 2 ** 19;

function isMerges(value: unknown): boolean {
  const isText = (part: unknown): boolean => typeof part === "string";
  const isPair = (merge: unknown): boolean => Array.isArray(merge) && merge.length === 2 && merge.every(isText);
  return Array.isArray(value) && value.length <= MOST_MERGES && value.every((merge) => isText(merge) || isPair(merge));
}

/** More tokens than any model has: a hostile id must not make a list of billions. */
const MOST_TOKENS = 2 ** 21;

/**
 * The vocabulary in a tokenizer.json: byte-level BPE, or SentencePiece's BPE with byte fallback.
 * @param where the file, for errors
 * @throws InputError naming the field, and the normalizer, pre-tokenizer, post-processor or decoder that isn't supported
 */
export function readTokenizerJson(where: string, json: unknown): JsonVocabulary {
  const file = parse(where, json);
  const { tokens, kinds } = tokensOf(where, file);
  const addsBos = addsBosOf(where, file.post_processor);
  const pairs = file.model.merges.map((merge): readonly [string, string] => (typeof merge === "string" ? pairOf(merge) : merge));
  if (file.decoder?.type === "ByteLevel") {
    const found = preTokenizerOfJson(where, file.pre_tokenizer);
    const preTokenizer: PreTokenizer = { ...found, wordsFirst: file.model.ignore_merges === true };
    const merges = pairs.map(([left, right]) => `${left} ${right}`);
    return { model: "byte-level", tokens, kinds, merges, preTokenizer, normalizes: isComposed(where, file.normalizer), addsBos };
  }
  checkByteFallback(where, file);
  const spacePrefix = spacePrefixOf(where, file.normalizer, file.pre_tokenizer);
  checkDecoder(where, file.decoder, spacePrefix !== "never");
  return { model: "merged-pieces", tokens, kinds: withByteKinds(tokens, kinds), merges: pairs, spacePrefix, addsBos };
}

function parse(where: string, json: unknown): TokenizerJson {
  const parsed = File.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new InputError({
    where: `${where}, field ${issue.path.map(String).join(".") || "(all)"}`,
    found: "something that isn't supported",
    expected: issue.message.slice(0, 200),
    remedy: "byte-level BPE and SentencePiece BPE with byte fallback are supported",
  });
}

function tokensOf(where: string, { model, added_tokens }: TokenizerJson): { tokens: string[]; kinds: number[] } {
  const entries = Object.entries(model.vocab);
  const size = 1 + [...entries.map(([, id]) => id), ...added_tokens.map(({ id }) => id)].reduce((a, b) => Math.max(a, b), -1);
  if (size > MOST_TOKENS) throw new InputError({ where, found: `a token ${size - 1}`, expected: `ids below ${MOST_TOKENS}` });
  const tokens = Array.from({ length: size }, () => "");
  const kinds = Array.from({ length: size }, (): number => TOKEN_KIND.unused);
  for (const [text, id] of entries) {
    if (kinds[id] !== TOKEN_KIND.unused) throw new InputError({ where, found: `two tokens ${id}`, expected: "each id once" });
    [tokens[id], kinds[id]] = [text, TOKEN_KIND.normal];
  }
  for (const { id, content, special } of added_tokens) {
    if (kinds[id] !== TOKEN_KIND.unused && tokens[id] !== content) {
      throw new InputError({ where, found: `another text for token ${id} in added_tokens`, expected: "each id once" });
    }
    tokens[id] = content;
    kinds[id] = special ? TOKEN_KIND.control : TOKEN_KIND.userDefined;
  }
  return { tokens, kinds };
}

function pairOf(merge: string): readonly [string, string] {
  const space = merge.indexOf(" ", 1);
  return space < 1 ? [merge, ""] : [merge.slice(0, space), merge.slice(space + 1)];
}

function checkByteFallback(where: string, { model }: TokenizerJson): void {
  const missing = BYTE_TOKENS.find((token) => !Object.hasOwn(model.vocab, token));
  if (model.byte_fallback === true && missing === undefined) return;
  const found = missing === undefined ? "false" : `no token ${missing}`;
  throw new InputError({ where: `${where}, field model.byte_fallback`, found, expected: "true, with a token for each byte" });
}

function withByteKinds(tokens: readonly string[], kinds: readonly number[]): number[] {
  const bytes = new Set(BYTE_TOKENS);
  return kinds.map((kind, id) => (kind === TOKEN_KIND.normal && bytes.has(tokens[id]) ? TOKEN_KIND.byte : kind));
}

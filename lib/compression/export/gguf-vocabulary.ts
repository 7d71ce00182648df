import { InputError } from "../../core/errors.js";
import type { GgufValue } from "../../formats/index.js";
import { createTokenizer, preTokenizerNameOf } from "../../text/index.js";
import type { MergedPiecesVocabulary, SentencePieceVocabulary, Vocabulary } from "../../text/index.js";
import type { ExportSource } from "./export-source.js";

const texts = (values: readonly string[]): GgufValue => ({ type: "array", element: "text", values });
const bool = (value: boolean): GgufValue => ({ type: "bool", value });
const id = (value: number): GgufValue => ({ type: "u32", value });

/** A vocabulary as llama.cpp reads it; the keys that `readVocabulary` reads. @throws InputError for pieces that scores can't order */
export function vocabularyKeys({ vocabulary, chatTemplate, path }: ExportSource): [string, GgufValue][] {
  const { bos, eos, addsBos, kinds } = vocabulary;
  const keys: Readonly<Record<string, GgufValue>> = {
    ...modelKeys(path, vocabulary),
    tokens: texts(vocabulary.tokens.map((token, i) => (token === "" ? `[PAD${i}]` : token))), // a text twice is refused there
    token_type: { type: "array", element: "i32", values: kinds },
    add_bos_token: bool(addsBos),
    ...(bos === undefined ? {} : { bos_token_id: id(bos) }),
    ...(eos === undefined ? {} : { eos_token_id: id(eos) }),
  };
  const template: [string, GgufValue][] =
    chatTemplate === undefined ? [] : [["tokenizer.chat_template", { type: "text", value: chatTemplate }]];
  return [...Object.entries(keys).map(([key, value]): [string, GgufValue] => [`tokenizer.ggml.${key}`, value]), ...template];
}

function modelKeys(path: string, vocabulary: Vocabulary): Readonly<Record<string, GgufValue>> {
  if (vocabulary.model === "byte-level") {
    const pre: GgufValue = { type: "text", value: preTokenizerNameOf(vocabulary.preTokenizer) };
    return { model: { type: "text", value: "gpt2" }, pre, merges: texts(vocabulary.merges) };
  }
  const { scores, addsSpacePrefix } = vocabulary.model === "sentence-piece" ? vocabulary : scoredPieces(path, vocabulary);
  return {
    model: { type: "text", value: "llama" },
    pre: { type: "text", value: "default" },
    scores: { type: "array", element: "f32", values: scores },
    add_space_prefix: bool(addsSpacePrefix),
  };
}

const PROBE =
  "The quick brown fox, 1234.5 km away: naïve café — “quoted”\n\n\tdef f(x):\n    return x**2  # ok\n" +
  "Größe straße ¿qué? здравствуй мир 你好,世界 こんにちは مرحبا 🙂\n";

/**
 * Pieces with scores in place of merges: the earlier a piece is made, the higher. That is the order of merges that were made from
 * scores, as those of LLaMA's converted files are.
 * @throws InputError if a probe is split otherwise by them
 */
function scoredPieces(path: string, vocabulary: MergedPiecesVocabulary): SentencePieceVocabulary {
  const ranks = new Map<string, number>();
  vocabulary.merges.forEach(([left, right], rank) => ranks.has(left + right) || ranks.set(left + right, rank));
  const scores = vocabulary.tokens.map((token) => -(ranks.get(token) ?? 0));
  const { spacePrefix, ...shared } = vocabulary;
  const scored: SentencePieceVocabulary = {
    ...shared,
    model: "sentence-piece",
    scores,
    addsSpacePrefix: spacePrefix !== "never",
  };
  const [before, after] = [createTokenizer(path, vocabulary).encode(PROBE), createTokenizer(path, scored).encode(PROBE)];
  if (before.join() === after.join()) return scored;
  throw new InputError({
    where: `${path}, tokenizer.json`,
    found: "merges whose order no scores of pieces give",
    expected: "merges as SentencePiece makes them, which a GGUF can hold",
    remedy: "export as safetensors",
  });
}

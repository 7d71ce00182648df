import { InputError } from "../core/errors.js";
import { type ProtobufField, protobufFields } from "./protobuf.js";
import { TOKEN_KIND } from "./vocabulary.js";
import type { SentencePieceVocabulary } from "./vocabulary.js";

/** What a SentencePiece `tokenizer.model` says; which tokens begin and end a text stands in other files as well. */
export type PieceVocabulary = Pick<
  SentencePieceVocabulary,
  "model" | "tokens" | "kinds" | "scores" | "addsSpacePrefix" | "bos" | "eos"
>;

const MOST_TOKENS = 2 ** 21;
const KINDS = new Set<number>(Object.values(TOKEN_KIND));
const MODEL_TYPES = ["", "unigram", "BPE", "word", "char"];

/**
 * The vocabulary in a `tokenizer.model`: BPE with byte fallback and no normalization, as LLaMA 1 and 2 and Vicuna have.
 * @param where the file, for errors   @throws InputError for a file that is no such model, or another kind of it
 */
export function readSentencePieceModel(where: string, bytes: Uint8Array): PieceVocabulary {
  const [tokens, scores, kinds]: [string[], number[], number[]] = [[], [], []];
  let [trainer, normalizer]: [Uint8Array, Uint8Array] = [new Uint8Array(), new Uint8Array()];
  for (const one of protobufFields(where, bytes)) {
    if (one.kind !== "bytes") continue;
    if (one.field === 1) {
      const { text, score, kind } = readPiece(where, one.value);
      if (tokens.length >= MOST_TOKENS) throw refuse(where, `more than ${MOST_TOKENS} pieces`, "fewer");
      tokens.push(text);
      scores.push(score);
      kinds.push(kind);
    } else if (one.field === 2) trainer = one.value;
    else if (one.field === 3) normalizer = one.value;
  }
  if (tokens.length === 0) throw refuse(where, "no pieces", "a SentencePiece model");
  const { bos, eos } = readTrainer(where, trainer, tokens.length);
  return { model: "sentence-piece", tokens, kinds, scores, addsSpacePrefix: readNormalizer(where, normalizer), bos, eos };
}

function readPiece(where: string, bytes: Uint8Array): { text: string; score: number; kind: number } {
  const fields = fieldMap(`${where}, piece`, bytes);
  const [text, score, kind] = [fields.get(1), fields.get(2), fields.get(3)];
  if (text?.kind !== "bytes") throw refuse(`${where}, piece`, "no text", "one");
  const number = kind?.kind === "varint" ? kind.value : TOKEN_KIND.normal;
  if (!KINDS.has(number)) throw refuse(`${where}, piece`, `kind ${number}`, "a kind from 1 to 6");
  const value = score?.kind === "fixed32" ? new DataView(Uint8Array.from(score.value).buffer).getFloat32(0, true) : 0;
  if (!Number.isFinite(value)) throw refuse(`${where}, piece`, `the score ${value}`, "a number");
  return { text: Buffer.from(text.value).toString("utf8"), score: value, kind: number };
}

/** Fields of `TrainerSpec` that say what kind of model it is. */
function readTrainer(where: string, bytes: Uint8Array, count: number): { bos: number; eos: number } {
  const fields = fieldMap(`${where}, trainer_spec`, bytes);
  const integer = (field: number, fallback: number): number => {
    const found = fields.get(field);
    return found?.kind === "varint" ? found.value : fallback;
  };
  const type = integer(3, 1);
  if (type !== 2) throw refuse(`${where}, trainer_spec.model_type`, MODEL_TYPES[type] ?? String(type), "BPE");
  if (integer(35, 0) !== 1) throw refuse(`${where}, trainer_spec.byte_fallback`, "false", "true");
  const [bos, eos] = [integer(41, 1), integer(42, 2)];
  if (bos < count && eos < count) return { bos, eos };
  throw refuse(`${where}, trainer_spec`, `bos_id ${bos} and eos_id ${eos}`, `ids below ${count}`);
}

/** @returns whether a space is put before text */
function readNormalizer(where: string, bytes: Uint8Array): boolean {
  const fields = fieldMap(`${where}, normalizer_spec`, bytes);
  const [map, prefix, remove] = [fields.get(2), fields.get(3), fields.get(4)];
  if (map?.kind === "bytes" && map.value.length > 0) {
    throw refuse(`${where}, normalizer_spec`, "a table that replaces characters", "none (identity)");
  }
  const flag = (found: ProtobufField | undefined): boolean => found?.kind !== "varint" || found.value === 1; // both are on by default
  if (flag(remove)) throw refuse(`${where}, normalizer_spec.remove_extra_whitespaces`, "true", "false");
  return flag(prefix);
}

const fieldMap = (where: string, bytes: Uint8Array): ReadonlyMap<number, ProtobufField> =>
  new Map(Array.from(protobufFields(where, bytes), (one) => [one.field, one]));

const refuse = (where: string, found: string, expected: string): InputError => new InputError({ where, found, expected });

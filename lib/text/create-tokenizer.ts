import { byteLevelCodec } from "./byte-level-tokenizer.js";
import { mergedPiecesCodec } from "./merged-pieces-tokenizer.js";
import { sentencePieceCodec } from "./sentence-piece-tokenizer.js";
import type { TextCodec } from "./text-codec.js";
import type { Tokenizer } from "./tokenizer.js";
import { TOKEN_KIND } from "./vocabulary.js";
import type { Vocabulary } from "./vocabulary.js";

/**
 * The tokenizer of a vocabulary.
 * @param path of the model's file, for errors   @throws InputError if a merge names a token that the vocabulary lacks
 */
export function createTokenizer(path: string, vocabulary: Vocabulary): Tokenizer {
  const { tokens, kinds, bos, addsBos, endOfText } = vocabulary;
  const ids = idsByText(vocabulary);
  const codec = codecOf(path, vocabulary, ids);
  const always = tokenPattern(vocabulary, [TOKEN_KIND.userDefined]);
  const special = tokenPattern(vocabulary, [TOKEN_KIND.userDefined, TOKEN_KIND.control]);
  const isText = (id: number): boolean => {
    if (!(id in tokens)) throw new Error(`no token ${id} in a vocabulary of ${tokens.length}`);
    return kinds[id] !== TOKEN_KIND.control && kinds[id] !== TOKEN_KIND.unknown;
  };
  return {
    vocabularySize: tokens.length,
    ...(addsBos && bos !== undefined ? { bos } : {}),
    endOfText,
    encode: (text, options) => encode(text, options?.parseSpecial === true ? special : always, { codec, ids }),
    decode: (list) => codec.decode(list.filter(isText)),
  };
}

function codecOf(path: string, vocabulary: Vocabulary, ids: ReadonlyMap<string, number>): TextCodec {
  if (vocabulary.model === "byte-level") return byteLevelCodec(path, vocabulary, ids);
  return vocabulary.model === "sentence-piece" ? sentencePieceCodec(vocabulary, ids) : mergedPiecesCodec(path, vocabulary, ids);
}

/** The text between the pattern's matches goes through the codec; a match is a token by its text. */
function encode(
  text: string,
  pattern: RegExp | undefined,
  { codec, ids }: { codec: TextCodec; ids: ReadonlyMap<string, number> },
): number[] {
  const out: number[] = [];
  let done = 0;
  const encodeUpTo = (end: number): void => {
    if (end > done) codec.encodeInto(text.slice(done, end), out, done === 0);
  };
  for (const match of pattern === undefined ? [] : text.matchAll(pattern)) {
    encodeUpTo(match.index);
    out.push(ids.get(match[0]) ?? 0);
    done = match.index + match[0].length;
  }
  encodeUpTo(text.length);
  return out;
}

/** The first token of each text; a Map, as a token may be called `__proto__`. */
function idsByText({ tokens }: Vocabulary): Map<string, number> {
  const ids = new Map<string, number>();
  tokens.forEach((text, id) => ids.has(text) || ids.set(text, id));
  return ids;
}

/** Matches any token of these kinds, the longest first; undefined if there is none. */
function tokenPattern({ tokens, kinds }: Vocabulary, wanted: readonly number[]): RegExp | undefined {
  const texts = tokens.filter((text, id) => text !== "" && wanted.includes(kinds[id]));
  if (texts.length === 0) return undefined;
  texts.sort((a, b) => b.length - a.length);
  return new RegExp(texts.map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("|"), "g");
}

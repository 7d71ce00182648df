import { CHARACTER_TO_BYTE } from "./byte-alphabet.js";
import { createBytePairMerges } from "./byte-pair-merges.js";
import type { Tokenizer } from "./tokenizer.js";
import { TOKEN_KIND } from "./vocabulary.js";
import type { Vocabulary } from "./vocabulary.js";

const MOST_REMEMBERED = 50_000;
const LONGEST_REMEMBERED = 64;

/**
 * A byte-level BPE tokenizer. Equal to the models' own ones, and to llama.cpp's.
 *
 * Our own rather than `@huggingface/tokenizers` 0.2.0, which splits only ASCII digits ("½"), always reads special tokens, and is slower.
 * @param path of the model's file, for errors   @throws InputError if a merge names a token that the vocabulary lacks
 */
export function createTokenizer(path: string, vocabulary: Vocabulary): Tokenizer {
  const ids = idsByText(vocabulary);
  const encodeWords = wordEncoder(path, vocabulary, ids);
  const always = tokenPattern(vocabulary, [TOKEN_KIND.userDefined]);
  const special = tokenPattern(vocabulary, [TOKEN_KIND.userDefined, TOKEN_KIND.control]);
  const encode = (text: string, parseSpecial: boolean): number[] => {
    const out: number[] = [];
    let done = 0;
    const pattern = parseSpecial ? special : always;
    for (const match of pattern === undefined ? [] : text.matchAll(pattern)) {
      encodeWords(text.slice(done, match.index), out);
      out.push(ids.get(match[0]) ?? 0);
      done = match.index + match[0].length;
    }
    encodeWords(text.slice(done), out);
    return out;
  };
  const decode = decoder(vocabulary);
  return {
    vocabularySize: vocabulary.tokens.length,
    ...(vocabulary.addsBos && vocabulary.bos !== undefined ? { bos: vocabulary.bos } : {}),
    endOfText: vocabulary.endOfText,
    encode: (text, options) => encode(text, options?.parseSpecial ?? false),
    decode,
  };
}

/** The first token of each text; a Map, as a token may be called `__proto__`. */
function idsByText({ tokens }: Vocabulary): Map<string, number> {
  const ids = new Map<string, number>();
  tokens.forEach((text, id) => ids.has(text) || ids.set(text, id));
  return ids;
}

/** Appends the ids of a text without special tokens; remembers words, as texts repeat them. */
function wordEncoder(
  path: string,
  vocabulary: Vocabulary,
  ids: ReadonlyMap<string, number>,
): (text: string, out: number[]) => void {
  const merges = createBytePairMerges(path, vocabulary, ids);
  const { pattern, wordsFirst } = vocabulary.preTokenizer;
  const wholeWords = wordsFirst ? wordsByText(vocabulary) : undefined;
  const remembered = new Map<string, readonly number[]>();
  const utf8 = new TextEncoder();
  const encodeWord = (word: string): readonly number[] => {
    const known = remembered.get(word);
    if (known !== undefined) return known;
    const whole = wholeWords?.get(word);
    const encoded = whole === undefined ? merges.encode(utf8.encode(word)) : [whole];
    if (word.length > LONGEST_REMEMBERED) return encoded;
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(word, encoded);
    return encoded;
  };
  return (text, out) => {
    for (const word of text.match(pattern) ?? []) for (const id of encodeWord(word)) out.push(id);
  };
}

/** Normal tokens by the text they stand for, where their bytes are whole characters. */
function wordsByText(vocabulary: Vocabulary): ReadonlyMap<string, number> {
  const words = new Map<string, number>();
  const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  vocabulary.tokens.forEach((_, id) => {
    if (vocabulary.kinds[id] !== TOKEN_KIND.normal) return;
    const text = utf8.decode(tokenBytes(vocabulary, id));
    if (!text.includes("\uFFFD") && !words.has(text)) words.set(text, id);
  });
  return words;
}

/** Matches any token of these kinds, the longest first; undefined if there is none. */
function tokenPattern({ tokens, kinds }: Vocabulary, wanted: readonly number[]): RegExp | undefined {
  const texts = tokens.filter((text, id) => text !== "" && wanted.includes(kinds[id]));
  if (texts.length === 0) return undefined;
  texts.sort((a, b) => b.length - a.length);
  return new RegExp(texts.map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("|"), "g");
}

function decoder(vocabulary: Vocabulary): (ids: readonly number[]) => string {
  const { tokens, kinds } = vocabulary;
  const cache: (Uint8Array | undefined)[] = [];
  const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  return (ids) => {
    const parts: Uint8Array[] = [];
    for (const id of ids) {
      if (!(id in tokens)) throw new Error(`no token ${id} in a vocabulary of ${tokens.length}`);
      if (kinds[id] === TOKEN_KIND.control || kinds[id] === TOKEN_KIND.unknown) continue;
      parts.push((cache[id] ??= tokenBytes(vocabulary, id)));
    }
    return utf8.decode(Buffer.concat(parts));
  };
}

/** The bytes a token stands for. Characters outside the byte alphabet stand for themselves. */
function tokenBytes({ tokens, kinds }: Vocabulary, id: number): Uint8Array {
  const text = tokens[id];
  if (kinds[id] === TOKEN_KIND.userDefined) return Buffer.from(text, "utf8");
  return Buffer.concat(
    Array.from(text, (character) => {
      const byte = CHARACTER_TO_BYTE.get(character);
      return byte === undefined ? Buffer.from(character, "utf8") : Buffer.of(byte);
    }),
  );
}

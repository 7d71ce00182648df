import { CHARACTER_TO_BYTE } from "./byte-alphabet.js";
import { createBytePairMerges } from "./byte-pair-merges.js";
import type { TextCodec } from "./text-codec.js";
import { TOKEN_KIND } from "./vocabulary.js";
import type { ByteLevelVocabulary } from "./vocabulary.js";

const MOST_REMEMBERED = 50_000;
const LONGEST_REMEMBERED = 64;

/**
 * Byte-level BPE. Equal to the models' own tokenizers, and to llama.cpp's.
 *
 * Our own rather than `@huggingface/tokenizers` 0.2.0, which splits only ASCII digits ("½"), always reads special tokens, and is slower.
 * @param path of the model's file, for errors   @throws InputError if a merge names a token that the vocabulary lacks
 */
export function byteLevelCodec(path: string, vocabulary: ByteLevelVocabulary, ids: ReadonlyMap<string, number>): TextCodec {
  const encodeInto = wordEncoder(path, vocabulary, ids);
  return {
    encodeInto: vocabulary.normalizes === true ? (text, out) => encodeInto(text.normalize("NFC"), out) : encodeInto,
    decode: decoder(vocabulary),
  };
}

/** Appends the ids of a text without special tokens; remembers words, as texts repeat them. */
function wordEncoder(
  path: string,
  vocabulary: ByteLevelVocabulary,
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
function wordsByText(vocabulary: ByteLevelVocabulary): ReadonlyMap<string, number> {
  const words = new Map<string, number>();
  const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  vocabulary.tokens.forEach((_, id) => {
    if (vocabulary.kinds[id] !== TOKEN_KIND.normal) return;
    const text = utf8.decode(tokenBytes(vocabulary, id));
    if (!text.includes("\uFFFD") && !words.has(text)) words.set(text, id);
  });
  return words;
}

function decoder(vocabulary: ByteLevelVocabulary): (ids: readonly number[]) => string {
  const cache: (Uint8Array | undefined)[] = [];
  const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  return (ids) => utf8.decode(Buffer.concat(ids.map((id) => (cache[id] ??= tokenBytes(vocabulary, id)))));
}

/** The bytes a token stands for. Characters outside the byte alphabet stand for themselves. */
function tokenBytes({ tokens, kinds }: ByteLevelVocabulary, id: number): Uint8Array {
  const text = tokens[id];
  if (kinds[id] === TOKEN_KIND.userDefined) return Buffer.from(text, "utf8");
  return Buffer.concat(
    Array.from(text, (character) => {
      const byte = CHARACTER_TO_BYTE.get(character);
      return byte === undefined ? Buffer.from(character, "utf8") : Buffer.of(byte);
    }),
  );
}

import { createMerges } from "./byte-pair-merges.js";
import { BYTE_TOKENS, decodePieces, SPACE } from "./pieces.js";
import type { TextCodec } from "./text-codec.js";
import type { MergedPiecesVocabulary } from "./vocabulary.js";

/**
 * SentencePiece's BPE as a tokenizer.json has it: characters, or the bytes of those that the vocabulary lacks, are merged in the
 * order of the pairs.
 * @param path of the file, for errors   @throws InputError if a merge names a token that the vocabulary lacks
 */
export function mergedPiecesCodec(path: string, vocabulary: MergedPiecesVocabulary, ids: ReadonlyMap<string, number>): TextCodec {
  const merge = createMerges(`${path}, merges`, { pairs: vocabulary.merges, ids });
  const byteIds = BYTE_TOKENS.map((token) => ids.get(token) ?? -1);
  const symbolsOf = (character: string): readonly number[] => {
    const id = ids.get(character);
    return id === undefined ? Array.from(Buffer.from(character, "utf8"), (byte) => byteIds[byte]) : [id];
  };
  return {
    encodeInto: (text, out, isStart) => {
      const spaced = withPrefix(text.replaceAll(" ", SPACE), vocabulary.spacePrefix, isStart);
      const symbols = Int32Array.from(Array.from(spaced, symbolsOf).flat());
      for (const id of merge(symbols)) out.push(id);
    },
    decode: (list) => {
      const text = decodePieces(vocabulary, list);
      return vocabulary.spacePrefix !== "never" && text.startsWith(" ") ? text.slice(1) : text;
    },
  };
}

function withPrefix(text: string, scheme: MergedPiecesVocabulary["spacePrefix"], isStart: boolean): string {
  if (scheme === "always") return SPACE + text;
  const wanted = scheme === "unless-there" || (scheme === "first" && isStart);
  return wanted && !text.startsWith(SPACE) ? SPACE + text : text;
}

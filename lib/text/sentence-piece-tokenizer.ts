import type { TextCodec } from "./text-codec.js";
import { mergePairs } from "./pair-merging.js";
import { TOKEN_KIND } from "./vocabulary.js";
import type { SentencePieceVocabulary } from "./vocabulary.js";

const SPACE = "\u2581";

/**
 * SentencePiece's BPE with byte fallback: characters are joined while the result is a token, the highest score first; what is
 * no token is spelled in byte tokens. Each text, also one after a special token, is read as if a space stood before it, where
 * the vocabulary says so; as llama.cpp does.
 */
export function sentencePieceCodec(vocabulary: SentencePieceVocabulary, ids: ReadonlyMap<string, number>): TextCodec {
  const ranks = mergeRanks(vocabulary);
  const bytes = Array.from({ length: 256 }, (_, byte) => ids.get(byteToken(byte)));
  const prefix = vocabulary.addsSpacePrefix ? SPACE : "";
  const rankOf = (piece: string): number => ranks[ids.get(piece) ?? -1] ?? Infinity;
  return {
    encodeInto: (text, out) => {
      for (const piece of joinPieces(prefix + text.replaceAll(" ", SPACE), rankOf)) {
        const id = rankOf(piece) === Infinity ? undefined : ids.get(piece);
        if (id !== undefined) out.push(id);
        else for (const byte of Buffer.from(piece, "utf8")) out.push(...(bytes[byte] === undefined ? [] : [bytes[byte]]));
      }
    },
    decode: decoder(vocabulary),
  };
}

const byteToken = (byte: number): string => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;

/** The order in which tokens are made, equal scores sharing a rank; Infinity for those that text never becomes. */
function mergeRanks({ kinds, scores }: SentencePieceVocabulary): number[] {
  const order = new Map([...new Set(scores)].sort((a, b) => b - a).map((score, rank) => [score, rank]));
  return scores.map((score, id) => (kinds[id] === TOKEN_KIND.normal ? (order.get(score) ?? Infinity) : Infinity));
}

function joinPieces(text: string, rankOf: (piece: string) => number): string[] {
  const pieces = Array.from(text);
  const left = mergePairs(pieces.length, {
    rank: (at, after) => rankOf(pieces[at] + pieces[after]),
    join: (at, after) => {
      pieces[at] += pieces[after];
    },
  });
  return left.map((at) => pieces[at]);
}

function decoder({ tokens, kinds, addsSpacePrefix }: SentencePieceVocabulary): (ids: readonly number[]) => string {
  const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  const bytesOf = (id: number): Uint8Array => {
    const byte = kinds[id] === TOKEN_KIND.byte ? /^<0x([0-9A-F]{2})>$/.exec(tokens[id]) : null;
    return byte === null ? Buffer.from(tokens[id].replaceAll(SPACE, " "), "utf8") : Buffer.of(Number.parseInt(byte[1], 16));
  };
  return (ids) => {
    const text = utf8.decode(Buffer.concat(ids.map(bytesOf)));
    return addsSpacePrefix && text.startsWith(" ") ? text.slice(1) : text;
  };
}

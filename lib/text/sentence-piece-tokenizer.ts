import { mergePairs } from "./pair-merging.js";
import { BYTE_TOKENS, decodePieces, SPACE } from "./pieces.js";
import type { TextCodec } from "./text-codec.js";
import { TOKEN_KIND } from "./vocabulary.js";
import type { SentencePieceVocabulary } from "./vocabulary.js";

/**
 * SentencePiece's BPE with byte fallback: characters are joined while the result is a token, the highest score first; what is
 * no token is spelled in byte tokens. Each text, also one after a special token, is read as if a space stood before it, where
 * the vocabulary says so; as llama.cpp does.
 */
export function sentencePieceCodec(vocabulary: SentencePieceVocabulary, ids: ReadonlyMap<string, number>): TextCodec {
  const ranks = mergeRanks(vocabulary);
  const bytes = BYTE_TOKENS.map((token) => ids.get(token));
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
    decode: (list) => {
      const text = decodePieces(vocabulary, list);
      return vocabulary.addsSpacePrefix && text.startsWith(" ") ? text.slice(1) : text;
    },
  };
}

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

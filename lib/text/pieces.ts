import { TOKEN_KIND } from "./vocabulary.js";
import type { Tokens } from "./vocabulary.js";

/** What SentencePiece writes for a space. */
export const SPACE = "\u2581";

/** The token of each byte, by which characters are spelled that are no token: "<0x0A>". */
export const BYTE_TOKENS: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
);

/** The text of pieces, a leading space included; byte tokens become their bytes, and what is no UTF-8 U+FFFD. */
export function decodePieces({ tokens, kinds }: Pick<Tokens, "tokens" | "kinds">, ids: readonly number[]): string {
  const bytesOf = (id: number): Uint8Array => {
    const byte = kinds[id] === TOKEN_KIND.byte ? BYTE_TOKENS.indexOf(tokens[id]) : -1;
    return byte < 0 ? Buffer.from(tokens[id].replaceAll(SPACE, " "), "utf8") : Buffer.of(byte);
  };
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Buffer.concat(ids.map(bytesOf)));
}

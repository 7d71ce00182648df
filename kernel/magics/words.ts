/** One word of a magic's line: text, or a value that stood in braces. */
export type Word = { readonly kind: "text"; readonly text: string } | { readonly kind: "value"; readonly value: unknown };

/**
 * The words of a magic's line. Quotes ("…" or '…') around a word or behind "=" keep blanks; a word "//" starts a comment.
 * @param pieces the text between the values, one more than values
 */
export function splitWords(pieces: readonly string[], values: readonly unknown[]): Word[] {
  const words: Word[] = [];
  for (const [index, piece] of pieces.entries()) {
    for (const text of splitPiece(piece)) {
      if (text === "//") return words;
      words.push({ kind: "text", text });
    }
    if (index < values.length) words.push({ kind: "value", value: values[index] });
  }
  return words;
}

/** A word is made of quoted stretches and of plain characters; a quote opens one only at its start or behind "=" or ",". */
const WORD = /(?:(?<=^|[\s=,])"[^"]*"|(?<=^|[\s=,])'[^']*'|\S)+/g;

function splitPiece(piece: string): string[] {
  return Array.from(piece.matchAll(WORD), ([word]) =>
    word.replace(/(^|[=,])"([^"]*)"/g, "$1$2").replace(/(^|[=,])'([^']*)'/g, "$1$2"),
  );
}

import type { Edit } from "../link.js";

/** Rewrites a text from left to right and remembers what it replaced. */
export interface Rewriter {
  /** Where in the source it stands. */
  readonly at: number;
  /** Copies the source up to `to`. */
  keep(to: number): void;
  /** Writes `text` in place of the source up to `to`; an insertion where `to` is where it stands. */
  replace(to: number, text: string): void;
  /** The rest is copied. */
  finish(): { readonly translated: string; readonly edits: readonly Edit[] };
}

/** A rewriter at the beginning of a text. */
export function createRewriter(source: string): Rewriter {
  const edits: Edit[] = [];
  let out = "";
  let at = 0;
  const keep = (to: number): void => {
    out += source.slice(at, to);
    at = to;
  };
  return {
    get at() {
      return at;
    },
    keep,
    replace: (to, text) => {
      edits.push({ from: at, to, newFrom: out.length, newTo: out.length + text.length });
      out += text;
      at = to;
    },
    finish: () => {
      keep(source.length);
      return { translated: out, edits };
    },
  };
}

/** Offset in the translated text to the source; what was generated maps to the start of what it stands for. */
export function toSource(edits: readonly Edit[], offset: number): number {
  let shift = 0;
  for (const { from, to, newFrom, newTo } of edits) {
    if (offset < newFrom) break;
    if (offset < newTo) return from;
    shift = to - newTo;
  }
  return offset + shift;
}

/** Offset in the source to the translated text; inside a replaced stretch, its start; at an insertion, behind it. */
export function toTranslated(edits: readonly Edit[], offset: number): number {
  let shift = 0;
  for (const { from, to, newFrom, newTo } of edits) {
    if (offset < from) break;
    if (offset < to) return newFrom;
    shift = newTo - to;
  }
  return offset + shift;
}

/** A 0-based line and column. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** @returns the 0-based line and column of an offset */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length - 1, column: before.length - lineStart };
}

/** @returns the offset of a 0-based line and column; lines that are not there end with the text */
export function offsetAt(text: string, { line, column }: Position): number {
  let start = 0;
  for (let i = 0; i < line; i++) {
    const next = text.indexOf("\n", start);
    if (next < 0) return text.length;
    start = next + 1;
  }
  return Math.min(start + column, text.length);
}

/** A position in the translated text, as one in the source. */
export function sourcePosition(
  text: { readonly source: string; readonly translated: string; readonly edits: readonly Edit[] },
  position: Position,
): Position {
  if (text.edits.length === 0) return position;
  return positionAt(text.source, toSource(text.edits, offsetAt(text.translated, position)));
}

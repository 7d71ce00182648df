import type { CellText } from "../link.js";
import { createRewriter, type Rewriter } from "../magics/edits.js";
import type { MagicKind } from "../magics/magic.js";
import type { TypeScript } from "./converter.js";
import { findCandidates, matchingBrace, type Candidate } from "./scan.js";

/** A stretch of source, end excluded. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A magic in a cell. */
export interface MagicSpan extends Span {
  readonly name: string;
  /** Where its arguments begin. */
  readonly argumentsFrom: number;
  /** The expressions in its braces, braces excluded. */
  readonly expressions: readonly Span[];
}

/** A cell as TypeScript, each magic on the lines where it stood. */
export interface Translation extends CellText {
  readonly magics: readonly MagicSpan[];
  /** `%name` where a magic could stand, but there is none of that name. */
  readonly unknown: readonly Candidate[];
}

/** The kind of the magic of that name; undefined for none. */
export type KindOf = (name: string) => MagicKind | undefined;

/** Translates a cell's magics: `const t = %trust {m} --n 3` becomes ``const t = await $magic.trust` ${m} --n 3` ``. */
export function translateCell(ts: TypeScript, source: string, kindOf: KindOf): Translation {
  const whole = /^\s*%%([A-Za-z]\w*)/.exec(source);
  if (whole && kindOf(whole[1]) === "prefix") return translatePrefix(ts, source, { at: whole[0].indexOf("%"), kindOf });
  if (whole && kindOf(whole[1]) === "text") return translateTextMagic(ts, source, { header: whole[0], name: whole[1] });
  if (whole) return translateCellMagic(ts, source, { header: whole[0], name: whole[1], known: kindOf(whole[1]) === "cell" });
  const isLine = (name: string): boolean => ["line", "prefix", "text"].includes(kindOf(name) ?? "");
  const candidates = findCandidates(ts, source, isLine);
  const rewriter = createRewriter(source);
  const magics: MagicSpan[] = [];
  for (const candidate of candidates.filter(({ name }) => isLine(name))) {
    rewriter.keep(candidate.start);
    rewriter.replace(candidate.start + 1 + candidate.name.length, `${prefix(candidate)}$magic.${candidate.name}\``);
    const argumentsFrom = rewriter.at;
    const expressions = rewriteArguments(ts, source, rewriter, candidate.lineEnd);
    rewriter.replace(candidate.lineEnd, "`");
    magics.push({ name: candidate.name, from: candidate.start, argumentsFrom, to: candidate.lineEnd, expressions });
  }
  return { source, ...rewriter.finish(), magics, unknown: candidates.filter(({ name }) => !isLine(name)) };
}

/** `%%name` above code is `%name`, one character shorter. */
function translatePrefix(
  ts: TypeScript,
  source: string,
  { at, kindOf }: { readonly at: number; readonly kindOf: KindOf },
): Translation {
  const inner = translateCell(ts, source.slice(0, at) + source.slice(at + 1), kindOf);
  const behind = (offset: number): number => (offset > at ? offset + 1 : offset);
  const moved = <T extends Span>(span: T): T => ({ ...span, from: behind(span.from), to: behind(span.to) });
  return {
    ...inner,
    source,
    edits: [
      { from: at, to: at + 1, newFrom: at, newTo: at },
      ...inner.edits.map((edit) => ({ ...edit, from: edit.from + 1, to: edit.to + 1 })),
    ],
    magics: inner.magics.map((magic) => ({
      ...moved(magic),
      argumentsFrom: behind(magic.argumentsFrom),
      expressions: magic.expressions.map(moved),
    })),
    unknown: inner.unknown.map((one) => ({ ...one, start: behind(one.start), lineEnd: behind(one.lineEnd) })),
  };
}

/** A line of its own must not tag the expression above it; a returned promise needs no await, and may stand where none is allowed. */
function prefix({ place, start }: Candidate): string {
  if (place === "line") return start === 0 ? "await " : ";await ";
  return place === "assigned" ? "await " : "";
}

interface CellMagic {
  readonly header: string;
  readonly name: string;
  readonly known: boolean;
}

/** The first line's words tag, and what they give is called with the rest of the cell. */
function translateCellMagic(ts: TypeScript, source: string, { header, name, known }: CellMagic): Translation {
  const start = header.length - name.length - 2;
  const lineBreak = source.indexOf("\n", start);
  const lineEnd = lineBreak < 0 ? source.length : lineBreak;
  const unknown: Candidate = { name: `%${name}`, start, lineEnd, place: "line", certain: true };
  if (!known) return { source, translated: source, edits: [], magics: [], unknown: [unknown] };
  const rewriter = createRewriter(source);
  rewriter.keep(start);
  rewriter.replace(header.length, `await $magic.${name}\``);
  const expressions = rewriteArguments(ts, source, rewriter, lineEnd);
  rewriter.replace(lineEnd, "`(`");
  escapeUpTo(source, rewriter, source.length);
  rewriter.replace(source.length, "`)");
  const span: MagicSpan = { name, from: start, argumentsFrom: header.length, to: lineEnd, expressions };
  return { source, ...rewriter.finish(), magics: [span], unknown: [] };
}

/** The whole cell is the magic's text. */
function translateTextMagic(ts: TypeScript, source: string, { header, name }: Omit<CellMagic, "known">): Translation {
  const start = header.length - name.length - 2;
  const rewriter = createRewriter(source);
  rewriter.keep(start);
  rewriter.replace(header.length, `await $magic.${name}\``);
  const expressions = rewriteArguments(ts, source, rewriter, source.length);
  rewriter.replace(source.length, "`");
  const span: MagicSpan = { name, from: start, argumentsFrom: header.length, to: source.length, expressions };
  return { source, ...rewriter.finish(), magics: [span], unknown: [] };
}

/** Arguments as a template's text; `{expression}` outside quotes hands over its value. */
function rewriteArguments(ts: TypeScript, source: string, rewriter: Rewriter, end: number): Span[] {
  const expressions: Span[] = [];
  let quote = "";
  for (let i = rewriter.at; i < end; i++) {
    const character = source[i];
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (opensQuote(source, i, end)) {
      quote = character;
    } else if (character === "{") {
      const close = matchingBrace(ts, source, i, end);
      if (close <= i + 1) continue;
      escapeUpTo(source, rewriter, i);
      rewriter.replace(i + 1, "${");
      rewriter.keep(close + 1);
      expressions.push({ from: i + 1, to: close });
      i = close;
    }
  }
  escapeUpTo(source, rewriter, end);
  return expressions;
}

/** As in `splitWords`: a quote counts at a word's start or behind "=" and ",", and only if it is closed on the line. */
function opensQuote(source: string, at: number, end: number): boolean {
  const character = source[at];
  if (character !== '"' && character !== "'") return false;
  return /[\s=,]/.test(source[at - 1] ?? " ") && source.slice(at + 1, end).includes(character);
}

function escapeUpTo(source: string, rewriter: Rewriter, end: number): void {
  for (let i = rewriter.at; i < end; i++) {
    if (source[i] !== "`" && source[i] !== "\\" && !(source[i] === "$" && source[i + 1] === "{")) continue;
    rewriter.keep(i);
    rewriter.replace(i + 1, `\\${source[i]}`);
  }
  rewriter.keep(end);
}

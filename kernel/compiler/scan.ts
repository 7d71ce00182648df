import type { SyntaxKind } from "@tslab/typescript-for-tslab";
import type { TypeScript } from "./converter.js";

/** `%name` at a place where a magic can stand. */
export interface Candidate {
  readonly name: string;
  /** Offset of the `%`. */
  readonly start: number;
  /** End of the line, before what closes it. */
  readonly lineEnd: number;
  /** What stands before it: a line of its own, or an expression's beginning. */
  readonly place: "line" | "assigned" | "awaited" | "returned";
  /** TypeScript could not read the `%` as a remainder here. */
  readonly certain: boolean;
}

const NAME = /%([A-Za-z]\w*)/y;

/**
 * The magics of a cell, found with TypeScript's scanner: what strings, templates, comments and regular expressions hold is no
 * magic. Those that `isMagic` denies are returned too, and scanned on as TypeScript.
 */
export function findCandidates(ts: TypeScript, source: string, isMagic: (name: string) => boolean): Candidate[] {
  const found: Candidate[] = [];
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, source);
  const { SyntaxKind } = ts;
  const open: SyntaxKind[] = [];
  let previous: SyntaxKind | undefined;
  for (;;) {
    let token = scanner.scan();
    if (token === SyntaxKind.CloseBraceToken && open.at(-1) === SyntaxKind.TemplateHead)
      token = scanner.reScanTemplateToken(false);
    if (token === SyntaxKind.EndOfFileToken) return found;
    const slash = token === SyntaxKind.SlashToken || token === SyntaxKind.SlashEqualsToken;
    if (slash && !endsValue(ts, previous, scanner.hasPrecedingLineBreak())) token = scanner.reScanSlashToken();
    track(ts, open, token);
    const candidate =
      token === SyntaxKind.PercentToken ? candidateAt(ts, source, scanner.getTokenPos(), { open, previous }) : undefined;
    if (candidate) {
      found.push(candidate);
      if (isMagic(candidate.name)) scanner.setTextPos(candidate.lineEnd);
    }
    previous = candidate && isMagic(candidate.name) ? SyntaxKind.NoSubstitutionTemplateLiteral : token;
  }
}

interface Surroundings {
  readonly open: readonly SyntaxKind[];
  readonly previous: SyntaxKind | undefined;
}

function candidateAt(ts: TypeScript, source: string, start: number, { open, previous }: Surroundings): Candidate | undefined {
  NAME.lastIndex = start;
  const name = NAME.exec(source)?.[1];
  if (name === undefined) return undefined;
  const { SyntaxKind } = ts;
  const places = new Map<SyntaxKind | undefined, Candidate["place"]>([
    [SyntaxKind.EqualsToken, "assigned"],
    [SyntaxKind.EqualsGreaterThanToken, "returned"],
    [SyntaxKind.ReturnKeyword, "returned"],
    [SyntaxKind.AwaitKeyword, "awaited"],
  ]);
  const atLineStart = start === 0 || source[start - 1] === "\n";
  const place = places.get(previous) ?? (atLineStart && open.length === 0 ? "line" : undefined);
  if (place === undefined) return undefined;
  const certain = place !== "line" || previous === undefined || previous === SyntaxKind.SemicolonToken;
  return { name, start, lineEnd: endOfLine(source, start), place, certain };
}

/** The end of the line that holds the offset, before its line break, blanks and a closing semicolon. */
function endOfLine(source: string, start: number): number {
  const next = source.indexOf("\n", start);
  const line = source.slice(start, next < 0 ? source.length : next);
  return start + line.replace(/\s*;?\s*$/, "").length;
}

function track({ SyntaxKind }: TypeScript, open: SyntaxKind[], token: SyntaxKind): void {
  const opens: readonly SyntaxKind[] = [
    SyntaxKind.OpenBraceToken,
    SyntaxKind.OpenBracketToken,
    SyntaxKind.OpenParenToken,
    SyntaxKind.TemplateHead,
  ];
  const closes: readonly SyntaxKind[] = [
    SyntaxKind.CloseBraceToken,
    SyntaxKind.CloseBracketToken,
    SyntaxKind.CloseParenToken,
    SyntaxKind.TemplateTail,
  ];
  if (opens.includes(token)) open.push(token);
  if (closes.includes(token)) open.pop();
}

/** Whether a slash behind this token divides. */
function endsValue({ SyntaxKind }: TypeScript, token: SyntaxKind | undefined, newLine: boolean): boolean {
  if (token === undefined) return false;
  if (token === SyntaxKind.CloseBraceToken) return !newLine;
  const ends: readonly SyntaxKind[] = [
    SyntaxKind.Identifier,
    SyntaxKind.NumericLiteral,
    SyntaxKind.BigIntLiteral,
    SyntaxKind.StringLiteral,
    SyntaxKind.RegularExpressionLiteral,
    SyntaxKind.NoSubstitutionTemplateLiteral,
    SyntaxKind.TemplateTail,
    SyntaxKind.CloseParenToken,
    SyntaxKind.CloseBracketToken,
    SyntaxKind.ThisKeyword,
    SyntaxKind.SuperKeyword,
    SyntaxKind.NullKeyword,
    SyntaxKind.TrueKeyword,
    SyntaxKind.FalseKeyword,
    SyntaxKind.PlusPlusToken,
    SyntaxKind.MinusMinusToken,
  ];
  return ends.includes(token);
}

/** The offset of the brace that closes the one at `start`, within `end`; -1 if there is none. */
export function matchingBrace(ts: TypeScript, source: string, start: number, end: number): number {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, source.slice(0, end));
  const { SyntaxKind } = ts;
  const open: SyntaxKind[] = [];
  let previous: SyntaxKind | undefined;
  scanner.setTextPos(start);
  for (;;) {
    let token = scanner.scan();
    if (token === SyntaxKind.EndOfFileToken) return -1;
    if (token === SyntaxKind.CloseBraceToken && open.at(-1) === SyntaxKind.TemplateHead)
      token = scanner.reScanTemplateToken(false);
    if (token === SyntaxKind.SlashToken && !endsValue(ts, previous, false)) token = scanner.reScanSlashToken();
    track(ts, open, token);
    previous = token;
    if (open.length === 0) return token === SyntaxKind.CloseBraceToken ? scanner.getTokenPos() : -1;
  }
}

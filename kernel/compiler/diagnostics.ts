import type { CellText, Failure } from "../link.js";
import { positionAt, toSource, type Position } from "../magics/edits.js";

/** A finding of TypeScript's, in the translated text. */
export interface Finding {
  readonly start: { readonly offset: number; readonly line: number; readonly character: number };
  readonly messageText: string;
  readonly code: number;
  /** A file beside the cell. */
  readonly fileName?: string | undefined;
}

/** The findings as one error: each with its line and column in the cell (from 1), the line itself and a caret. */
export function describeDiagnostics(text: CellText, findings: readonly Finding[]): Failure {
  const [first] = findings;
  return {
    ename: "TypeScriptError",
    evalue: `TS${first.code}: ${first.messageText}`,
    traceback: findings.map((finding) => describe(text, finding)),
  };
}

/** The cell's lines (from 1) that have a finding. */
export function linesOf(text: CellText, findings: readonly Finding[]): ReadonlySet<number> {
  return new Set(findings.filter(({ fileName }) => fileName === undefined).map((finding) => place(text, finding).line + 1));
}

function describe(text: CellText, finding: Finding): string {
  const { code, messageText, fileName, start } = finding;
  if (fileName !== undefined) return `${fileName}:${start.line + 1}:${start.character + 1} TS${code} ${messageText}`;
  const { line, column } = place(text, finding);
  return `${line + 1}:${column + 1} TS${code} ${messageText}\n${excerpt(text.source, { line, column })}`;
}

const place = ({ source, edits }: CellText, { start }: Finding): Position =>
  positionAt(source, Math.min(toSource(edits, Math.max(0, start.offset)), source.length));

/** A line of a cell with a caret below the column; a tab stays a tab. */
export function excerpt(source: string, { line, column }: Position): string {
  const text = source.split("\n")[line] ?? "";
  return `    ${text}\n    ${text.slice(0, column).replace(/[^\t]/g, " ")}^`;
}

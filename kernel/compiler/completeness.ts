import type { CompilerAnswer } from "../link.js";
import type { Workbench } from "./workbench.js";

const OPEN_TEMPLATE = 1160;
const OPEN_COMMENT = 1010;
const OPEN_STRING = 1002;

/** Whether a cell can run as it stands. Magic lines count as complete. */
export function judgeCompleteness(bench: Workbench, code: string): CompilerAnswer {
  const answer = (status: "complete" | "incomplete" | "invalid"): CompilerAnswer => ({
    kind: "completeness",
    status,
    indent: status === "incomplete" ? indentAfter(code) : "",
  });
  if (/^\s*(\?|%{1,2}[A-Za-z]\w*\?*\s*;?\s*$)/.test(code)) return answer("complete");
  const { translated, unknown } = bench.translate(code);
  if (unknown.some(({ certain }) => certain)) return answer("complete"); // it runs, and says what is wrong
  const errors = bench.converter.parseErrors(translated);
  if (errors.length === 0) return answer("complete");
  const end = translated.trimEnd().length;
  const isOpen = ({ start, code: number }: { start: number; code: number }): boolean =>
    number === OPEN_TEMPLATE || number === OPEN_COMMENT || (start >= end && number !== OPEN_STRING);
  return answer(errors.every(isOpen) ? "incomplete" : "invalid");
}

/** The last line's indentation, and two blanks more behind an opening bracket. */
function indentAfter(code: string): string {
  const last = code.trimEnd().split("\n").at(-1) ?? "";
  const indent = /^\s*/.exec(last)?.[0] ?? "";
  return /[{([]$|=>$/.test(last) ? `${indent}  ` : indent;
}

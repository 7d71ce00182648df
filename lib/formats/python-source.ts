import { InputError } from "../core/errors.js";
import { type PythonValue, readPythonLiteral } from "./python-literal.js";

/** Python source, and what it is called in errors. */
export interface PythonSource {
  readonly text: string;
  readonly where: string;
}

/** Python's values by name. */
export type PythonNames = ReadonlyMap<string, PythonValue>;

/**
 * The literals that are assigned to a name in Python source, in order, wherever they stand; nothing is executed.
 * @param names what f-strings may look up
 * @throws InputError where a value is no literal, or more than one
 */
export function pythonAssignments(source: PythonSource, name: string, names: PythonNames = new Map()): readonly PythonValue[] {
  const assigned = new RegExp(`${name}[ \\t]*=(?!=)[ \\t]*(?:\\\\\\r?\\n[ \\t]*)?`, "y");
  return placesOf(source.text, (at, isStart) => (isStart ? matchAt(assigned, source.text, at) : null)).map((at) => {
    const { value, end } = readPythonLiteral(source.text, { where: source.where, at, names });
    if (matchAt(LINE_END, source.text, end) === null) throw noLiteral(source, end);
    return value;
  });
}

/**
 * The keyword arguments of each call `outer(inner(…))`, literals, and dotted names as text; nothing is executed.
 * @throws InputError where an argument is neither, or has no keyword
 */
export function pythonCalls(source: PythonSource, outer: string, inner: string): readonly PythonNames[] {
  const called = new RegExp(`${outer}\\(\\s*${inner}\\(`, "y");
  return placesOf(source.text, (at, isStart) => (isStart ? matchAt(called, source.text, at) : null)).map((at) =>
    readArguments(source, at),
  );
}

const LINE_END = /[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/y;
const KEYWORD = /(?:\s+|#[^\n]*)*(?:\)|([A-Za-z_]\w*)\s*=\s*)/y;
const DOTTED = /[A-Za-z_]\w*(?:\.\w+)+/y;
const SEPARATOR = /(?:\s+|#[^\n]*)*(?:,|(?=\)))/y;

function readArguments(source: PythonSource, start: number): PythonNames {
  const { text, where } = source;
  const given = new Map<string, PythonValue>();
  for (let at = start; ;) {
    const keyword = matchAt(KEYWORD, text, at);
    if (keyword === null) throw noLiteral(source, at);
    if (keyword[1] === undefined) return given;
    at += keyword[0].length;
    const dotted = matchAt(DOTTED, text, at);
    const { value, end } =
      dotted === null
        ? readPythonLiteral(text, { where, at, bracketed: true })
        : { value: dotted[0], end: at + dotted[0].length };
    given.set(keyword[1], value);
    const separator = matchAt(SEPARATOR, text, end);
    if (separator === null) throw noLiteral(source, end);
    at = end + separator[0].length;
  }
}

const TEXT = /"""(?:[^\\]|\\[^])*?"""|'''(?:[^\\]|\\[^])*?'''|"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'/y;
const COMMENT = /#[^\n]*/y;

/** Offsets behind each match outside of texts, comments and brackets. @param match is told whether a statement may begin there */
function placesOf(text: string, match: (at: number, isStart: boolean) => RegExpExecArray | null): number[] {
  const places: number[] = [];
  let depth = 0;
  let isStart = true;
  for (let at = 0; at < text.length;) {
    const found = depth === 0 ? match(at, isStart) : null;
    if (found !== null) places.push(at + found[0].length);
    const skipped = matchAt(TEXT, text, at) ?? matchAt(COMMENT, text, at);
    const character = text[at];
    if (skipped === null) depth += "([{".includes(character) ? 1 : ")]}".includes(character) ? -1 : 0;
    isStart = character === "\n" || character === ";" || (isStart && /\s/.test(character));
    at += skipped?.[0].length ?? 1;
  }
  return places;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function noLiteral({ text, where }: PythonSource, at: number): InputError {
  const line = text.slice(0, at).split("\n").length;
  return new InputError({
    where: `${where}, line ${line}`,
    found: JSON.stringify(text.slice(at, at + 40)),
    expected: "a literal and nothing else: no Python is executed",
  });
}

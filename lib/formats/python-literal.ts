import { InputError } from "../core/errors.js";

/** A value written as a Python literal: dicts become Maps, lists and tuples arrays, None null. */
export type PythonValue = null | boolean | number | string | readonly PythonValue[] | ReadonlyMap<string, PythonValue>;

/** Bounds of one literal; beyond them it is refused. */
const MOST_CHARACTERS = 16 * 1024 * 1024;
const DEEPEST = 64;

/**
 * Reads one Python literal, as `repr` writes it: dicts with text keys, lists, tuples, both quote styles, Python's escapes,
 * integers, floats, True, False, None. Nothing is evaluated.
 * @param where what is read, for the error: "file.csv, row 3, column gen_0"
 * @throws InputError with the offset, also on a 64th level of nesting and on more than 16 Mi characters
 */
export function parsePythonLiteral(text: string, where: string): PythonValue {
  if (text.length > MOST_CHARACTERS) {
    throw new InputError({ where, found: `${text.length} characters`, expected: `a literal of at most ${MOST_CHARACTERS}` });
  }
  const cursor: Cursor = { text, where, at: 0 };
  skipSpace(cursor);
  const value = readValue(cursor, 0);
  skipSpace(cursor);
  if (cursor.at < text.length) throw misread(cursor, "the end of the literal");
  return value;
}

interface Cursor {
  readonly text: string;
  readonly where: string;
  at: number;
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  n: "\n",
  r: "\r",
  t: "\t",
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
  "\n": "",
};
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
const WORDS: Readonly<Record<string, PythonValue>> = { None: null, True: true, False: false };

function readValue(cursor: Cursor, depth: number): PythonValue {
  if (depth >= DEEPEST) throw misread(cursor, `at most ${DEEPEST} levels of nesting`);
  const first = cursor.text[cursor.at];
  if (first === "'" || first === '"') return readString(cursor, first);
  if (first === "{") return readDict(cursor, depth);
  if (first === "[") return readList(cursor, "]", depth);
  if (first === "(") return readList(cursor, ")", depth);
  return readWord(cursor);
}

function readDict(cursor: Cursor, depth: number): ReadonlyMap<string, PythonValue> {
  const entries = new Map<string, PythonValue>();
  cursor.at++;
  skipSpace(cursor);
  while (!take(cursor, "}")) {
    const quote = cursor.text[cursor.at];
    if (quote !== "'" && quote !== '"') throw misread(cursor, "a text as key");
    const key = readString(cursor, quote);
    skipSpace(cursor);
    if (!take(cursor, ":")) throw misread(cursor, "a colon");
    skipSpace(cursor);
    entries.set(key, readValue(cursor, depth + 1));
    separate(cursor, "}");
  }
  return entries;
}

function readList(cursor: Cursor, end: string, depth: number): PythonValue[] {
  const values: PythonValue[] = [];
  cursor.at++;
  skipSpace(cursor);
  while (!take(cursor, end)) {
    values.push(readValue(cursor, depth + 1));
    separate(cursor, end);
  }
  return values;
}

/** After an element: a comma, or the end (left for the loop's condition). */
function separate(cursor: Cursor, end: string): void {
  skipSpace(cursor);
  if (take(cursor, ",")) skipSpace(cursor);
  else if (cursor.text[cursor.at] !== end) throw misread(cursor, `a comma or ${end}`);
}

function readString(cursor: Cursor, quote: string): string {
  const { text } = cursor;
  let result = "";
  let start = ++cursor.at;
  for (; cursor.at < text.length; cursor.at++) {
    const character = text[cursor.at];
    if (character === quote) return result + text.slice(start, cursor.at++);
    if (character !== "\\") continue;
    result += text.slice(start, cursor.at) + readEscape(cursor);
    start = cursor.at + 1;
  }
  throw misread(cursor, `the closing ${quote}`);
}

/** The character of an escape; leaves the cursor on the escape's last character. An unknown one stays as it is, as in Python. */
function readEscape(cursor: Cursor): string {
  const letter = cursor.text[++cursor.at];
  if (Object.hasOwn(SIMPLE_ESCAPES, letter ?? "")) return SIMPLE_ESCAPES[letter];
  if (Object.hasOwn(HEX_DIGITS, letter ?? "")) return readHexEscape(cursor, HEX_DIGITS[letter]);
  const octal = /^[0-7]{1,3}/.exec(cursor.text.slice(cursor.at, cursor.at + 3));
  if (octal === null) return `\\${letter ?? ""}`;
  cursor.at += octal[0].length - 1;
  return String.fromCodePoint(Number.parseInt(octal[0], 8));
}

function readHexEscape(cursor: Cursor, digits: number): string {
  const code = cursor.text.slice(cursor.at + 1, cursor.at + 1 + digits);
  const value = Number.parseInt(code, 16);
  if (!/^[0-9a-fA-F]+$/.test(code) || code.length < digits || value > 0x10ffff) throw misread(cursor, `${digits} hex digits`);
  cursor.at += digits;
  return String.fromCodePoint(value);
}

const NUMBER = /^[+-]?(?:\d[\d_]*)?(?:\.\d*)?(?:[eE][+-]?\d+)?$/;

function readWord(cursor: Cursor): PythonValue {
  const word = /^[\w.+-]+/.exec(cursor.text.slice(cursor.at, cursor.at + 64))?.[0] ?? "";
  if (Object.hasOwn(WORDS, word)) {
    cursor.at += word.length;
    return WORDS[word];
  }
  const value = NUMBER.test(word) && /\d/.test(word) ? Number(word.replaceAll("_", "")) : Number.NaN;
  if (!Number.isFinite(value)) throw misread(cursor, "a text, number, list, dict, True, False or None");
  cursor.at += word.length;
  return value;
}

function take(cursor: Cursor, character: string): boolean {
  if (cursor.text[cursor.at] !== character) return false;
  cursor.at++;
  return true;
}

function skipSpace(cursor: Cursor): void {
  while (/\s/.test(cursor.text[cursor.at] ?? "")) cursor.at++;
}

function misread({ text, where, at }: Cursor, expected: string): InputError {
  const found = at >= text.length ? "the end of the text" : JSON.stringify(text.slice(at, at + 20));
  return new InputError({ where: `${where}, offset ${at}`, found, expected });
}

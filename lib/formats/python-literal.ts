import { InputError } from "../core/errors.js";

/** A value written as a Python literal: dicts become Maps (an integer as key its digits), lists and tuples arrays, None null. */
export type PythonValue = null | boolean | number | string | readonly PythonValue[] | ReadonlyMap<string, PythonValue>;

/** Bounds of one literal; beyond them it is refused. */
const MOST_CHARACTERS = 16 * 1024 * 1024;
const DEEPEST = 64;

/**
 * Reads one Python literal, as `repr` writes it and as source files have it: dicts with texts or integers as keys, lists,
 * tuples, all quote styles, Python's escapes, adjacent texts, comments, integers, floats, True, False, None. Nothing is
 * evaluated.
 * @param where what is read, for the error: "file.csv, row 3, column gen_0"
 * @throws InputError with the offset, also on a 64th level of nesting and on more than 16 Mi characters
 */
export function parsePythonLiteral(text: string, where: string): PythonValue {
  if (text.length > MOST_CHARACTERS) {
    throw new InputError({ where, found: `${text.length} characters`, expected: `a literal of at most ${MOST_CHARACTERS}` });
  }
  const cursor: Cursor = { text, where, at: 0, names: new Map() };
  skipSpace(cursor);
  const value = readValue(cursor, 0);
  skipSpace(cursor);
  if (cursor.at < text.length) throw misread(cursor, "the end of the literal");
  return value;
}

/** Where a literal begins in a longer text, and what its f-strings may name. */
export interface LiteralPlace {
  readonly where: string;
  readonly at: number;
  /** Values by name: an f-string may hold `{NAME['key']}` of these, and nothing else. */
  readonly names?: ReadonlyMap<string, PythonValue>;
  /** Whether it stands within brackets, where a line's end is white space. */
  readonly bracketed?: boolean;
}

/**
 * Reads the literal that begins at an offset of Python source.
 * @returns the value and the offset behind it   @throws InputError with the offset, as `parsePythonLiteral` does
 */
export function readPythonLiteral(
  text: string,
  { where, at, names = new Map<string, PythonValue>(), bracketed = false }: LiteralPlace,
): { readonly value: PythonValue; readonly end: number } {
  const cursor: Cursor = { text, where, at, names };
  const value = readValue(cursor, bracketed ? 1 : 0);
  return { value, end: cursor.at };
}

interface Cursor {
  readonly text: string;
  readonly where: string;
  readonly names: ReadonlyMap<string, PythonValue>;
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
  if (textAhead(cursor)) return readTexts(cursor, depth);
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
    const key = readKey(cursor);
    skipSpace(cursor);
    if (!take(cursor, ":")) throw misread(cursor, "a colon");
    skipSpace(cursor);
    entries.set(key, readValue(cursor, depth + 1));
    separate(cursor, "}");
  }
  return entries;
}

function readKey(cursor: Cursor): string {
  if (textAhead(cursor)) return readTexts(cursor, 1);
  const value = readWord(cursor);
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  throw misread(cursor, "a text or an integer as key");
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

/** A text's prefix and opening quotes. */
const OPENING = /([a-zA-Z]{0,2})("""|'''|"|')/y;

function textAhead({ text, at }: Cursor): boolean {
  OPENING.lastIndex = at;
  return OPENING.test(text);
}

/** Adjacent texts are one. Outside of brackets the line's end ends it. */
function readTexts(cursor: Cursor, depth: number): string {
  let result = "";
  do {
    result += readText(cursor);
    const end = cursor.at;
    if (depth === 0) while (/[ \t]/.test(cursor.text[cursor.at] ?? "")) cursor.at++;
    else skipSpace(cursor);
    if (cursor.text.startsWith("\\\n", cursor.at)) skipSpace(cursor);
    if (!textAhead(cursor)) cursor.at = end;
  } while (textAhead(cursor));
  return result;
}

function readText(cursor: Cursor): string {
  OPENING.lastIndex = cursor.at;
  const [opening = "", prefix = "", quote = ""] = OPENING.exec(cursor.text) ?? [];
  const kind = prefix.toLowerCase();
  if (!["", "u", "r", "f"].includes(kind)) throw misread(cursor, "a text without a prefix of bytes");
  const start = cursor.at;
  cursor.at += opening.length;
  const body = readString(cursor, { quote, raw: kind === "r" });
  return kind === "f" ? filledIn(body, { ...cursor, at: start }) : body;
}

/** The text of an f-string whose fields are all of the form NAME['key']: a look-up, no evaluation. */
function filledIn(body: string, cursor: Cursor): string {
  return body.replace(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g, (whole, field: string | undefined) => {
    if (whole === "{{" || whole === "}}") return whole[0];
    const [, name = "", , key = ""] = /^([A-Za-z_]\w*)\[(['"])([^'"]*)\2\]$/.exec(field ?? "") ?? [];
    const dict = cursor.names.get(name);
    const value = isDict(dict) ? dict.get(key) : undefined;
    if (typeof value === "string") return value;
    throw misread(cursor, "a literal: of an f-string only fields of the form NAME['key'] are read");
  });
}

const isDict = (value: PythonValue | undefined): value is ReadonlyMap<string, PythonValue> => value instanceof Map;

function readString(cursor: Cursor, { quote, raw }: { readonly quote: string; readonly raw: boolean }): string {
  const { text } = cursor;
  let result = "";
  let start = cursor.at;
  for (; cursor.at < text.length; cursor.at++) {
    const character = text[cursor.at];
    if (character === quote[0] && text.startsWith(quote, cursor.at)) {
      cursor.at += quote.length;
      return result + text.slice(start, cursor.at - quote.length);
    }
    if (character === "\n" && quote.length === 1) break;
    if (character !== "\\") continue;
    if (raw) cursor.at++;
    else {
      result += text.slice(start, cursor.at) + readEscape(cursor);
      start = cursor.at + 1;
    }
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

/** White space, comments and continued lines. */
function skipSpace(cursor: Cursor): void {
  SPACE.lastIndex = cursor.at;
  cursor.at += SPACE.exec(cursor.text)?.[0].length ?? 0;
}

const SPACE = /(?:\s+|\\\r?\n|#[^\n]*)*/y;

function misread({ text, where, at }: Cursor, expected: string): InputError {
  const found = at >= text.length ? "the end of the text" : JSON.stringify(text.slice(at, at + 20));
  return new InputError({ where: `${where}, offset ${at}`, found, expected });
}

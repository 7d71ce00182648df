import { readFile } from "node:fs/promises";

import { InputError } from "../core/errors.js";

/** What a file of JSON lines holds. */
export interface JsonLines {
  /** One a line, in order; line numbers begin at 1. */
  readonly rows: readonly { readonly line: number; readonly value: unknown }[];
  /** Bytes of all whole lines: where the next append belongs. */
  readonly wholeBytes: number;
  /** Bytes after that, of a line that a killed process left unfinished. */
  readonly tornBytes: number;
}

/**
 * Reads a file of JSON lines. A last line that has no line end, or can't be read, is torn: counted, not returned.
 * An absent file is an empty one.
 * @throws InputError with file and line for a broken line that is not the last
 */
export async function readJsonLines(path: string): Promise<JsonLines> {
  return parseJsonLines(await readOrEmpty(path), path);
}

/** As `readJsonLines`, from bytes. @param where the file, for errors */
export function parseJsonLines(bytes: Buffer, where: string): JsonLines {
  const rows: { line: number; value: unknown }[] = [];
  let start = 0;
  for (let line = 1; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0) break;
    const value = parseLine(bytes.toString("utf8", start, end));
    if (value === undefined) {
      if (end === bytes.length - 1) break;
      throw brokenLine(where, line, bytes.toString("utf8", start, end));
    }
    rows.push({ line, value });
    start = end + 1;
  }
  return { rows, wholeBytes: start, tornBytes: bytes.length - start };
}

/** Values as JSON lines, each with its line end; what `parseJsonLines` reads back. */
export const formatJsonLines = (values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join("");

/** The error for a line that is no JSON. */
export function brokenLine(where: string, line: number, text: string): InputError {
  return new InputError({
    where: `${where}, line ${line}`,
    found: JSON.stringify(text.slice(0, 60)),
    expected: "one JSON value a line",
  });
}

function parseLine(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined; // JSON has no undefined, so it can stand for "no JSON"
  }
}

async function readOrEmpty(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

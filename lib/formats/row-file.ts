import { createHash } from "node:crypto";

import { InputError } from "../core/errors.js";
import { readBounded } from "./bounded-file.js";
import { parseCsvLines } from "./csv.js";
import { brokenLine } from "./json-lines.js";

/** Bounds of a file that a person gives; beyond them it is refused before it is parsed. */
const LARGEST = 256 * 2 ** 20;
const MOST_ROWS = 1_000_000;

/** One row of a file, and the line it begins on. */
export interface FileRow {
  readonly line: number;
  readonly value: unknown;
}

/** What a file of rows holds. */
export interface RowFile {
  /** SHA-256 of its bytes, in hex. */
  readonly digest: string;
  readonly rows: readonly FileRow[];
}

/**
 * Reads a file of JSON lines, or with the ending .csv comma-separated values: texts by column, where a cell that begins with [ or {
 * is JSON and an empty one is not there. UTF-8, with or without a mark of byte order; lines may end as Windows has them.
 * @throws InputError with file and line: absent, too large, another encoding, broken, empty, a column twice
 */
export async function readRowFile(path: string): Promise<RowFile> {
  const bytes = await readBounded(path, { largest: LARGEST, expected: "a file that can be read" });
  const text = decode(bytes, path);
  const rows = path.toLowerCase().endsWith(".csv") ? csvRows(text, path) : jsonRows(text, path);
  if (rows.length === 0) throw new InputError({ where: path, found: "no rows", expected: "one row or more" });
  if (rows.length > MOST_ROWS)
    throw new InputError({ where: path, found: `${rows.length} rows`, expected: `at most ${MOST_ROWS}` });
  return { digest: createHash("sha256").update(bytes).digest("hex"), rows };
}

function decode(bytes: Buffer, where: string): string {
  const expected = "a text file in UTF-8";
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new InputError({ where, found: "UTF-16", expected, remedy: "save it as UTF-8" });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes); // takes a mark of byte order away
  } catch {
    const line = firstBrokenLine(bytes);
    throw new InputError({
      where: `${where}, line ${line}`,
      found: "bytes that are no UTF-8",
      expected,
      remedy: "save it as UTF-8",
    });
  }
}

/** Lines end at 0x0a in UTF-8 and in all that is mistaken for it. */
function firstBrokenLine(bytes: Buffer): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for (let line = 1, start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    const stop = end < 0 ? bytes.length : end + 1;
    try {
      decoder.decode(bytes.subarray(start, stop));
    } catch {
      return line;
    }
    start = stop;
  }
  return 1;
}

function jsonRows(text: string, where: string): FileRow[] {
  return text.split("\n").flatMap((content, index) => {
    const trimmed = content.trim();
    if (trimmed === "") return [];
    try {
      const value: unknown = JSON.parse(trimmed);
      return [{ line: index + 1, value }];
    } catch {
      throw brokenLine(where, index + 1, trimmed);
    }
  });
}

function csvRows(text: string, where: string): FileRow[] {
  return parseCsvLines(text, where).map(({ line, cells }) => ({
    line,
    value: Object.fromEntries(
      Object.entries(cells).flatMap(([name, cell]) =>
        cell === "" ? [] : [[name, valueOf(cell, `${where}, line ${line}, field ${name}`)]],
      ),
    ),
  }));
}

function valueOf(cell: string, where: string): unknown {
  if (!/^[[{]/.test(cell)) return cell;
  try {
    const value: unknown = JSON.parse(cell);
    return value;
  } catch {
    if (!/^(?:\[[\s"[{\]\d-]|\{\s*["}])/.test(cell)) return cell; // "[target] is late" is a text
    throw new InputError({
      where,
      found: JSON.stringify(cell.slice(0, 60)),
      expected: "JSON, as it begins like a list or an object",
    });
  }
}

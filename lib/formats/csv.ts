import { readFile } from "node:fs/promises";

import { parse } from "csv-parse/sync";
import { z } from "zod";

import { InputError } from "../core/errors.js";

/**
 * The rows of a CSV file with a header line, as texts by column name.
 * @param columns columns that must be there
 * @throws InputError naming the file and the missing column or the broken line
 */
export async function readCsv(path: string, columns: readonly string[]): Promise<Readonly<Record<string, string>>[]> {
  return parseCsv(await readFile(path, "utf8"), columns, path);
}

/** As `readCsv`, from text. @param where the file, for errors */
export function parseCsv(text: string, columns: readonly string[], where: string): Readonly<Record<string, string>>[] {
  const [header = [], ...rows] = parseCsvRows(text, where);
  const missing = columns.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    throw new InputError({ where: `${where}, line 1`, found: `no column ${missing.join(", ")}`, expected: columns.join(", ") });
  }
  return rows.map((row) => Object.fromEntries(header.map((name, column) => [name, row[column]])));
}

/**
 * The rows of comma-separated values with a header line, each with the line it begins on. @param where the file, for errors
 * @throws InputError naming a broken line, or a column that is there twice or has no name
 */
export function parseCsvLines(
  text: string,
  where: string,
): { readonly line: number; readonly cells: Readonly<Record<string, string>> }[] {
  const [first, ...rows] = withLines(text, where);
  if (first === undefined) return [];
  const header = first.record;
  const odd = header.find((name, column) => name.trim() === "" || header.indexOf(name) < column);
  if (odd !== undefined) {
    throw new InputError({
      where: `${where}, line 1`,
      found: `the column ${JSON.stringify(odd)}`,
      expected: "column names, each once",
    });
  }
  const before = [first, ...rows];
  return rows.map(({ record, info }, index) => ({
    line: before[index].info.lines + 1 + info.empty_lines - before[index].info.empty_lines,
    cells: Object.fromEntries(header.map((name, column) => [name, record[column]])),
  }));
}

const Lines = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.number(), empty_lines: z.number() }) }));

/** Records, each with how many lines end with it, and how many of those before it are empty. */
function withLines(text: string, where: string): z.infer<typeof Lines> {
  return Lines.parse(parsed(() => parse(text, { ...FORM, info: true }), where));
}

const FORM = { bom: true, skip_empty_lines: true, record_delimiter: ["\r\n", "\n"], max_record_size: 2 ** 24 };

/** The rows of a CSV text without a header line. @throws InputError for rows of different lengths */
export const parseCsvRows = (text: string, where: string): string[][] => parsed(() => parse(text, FORM), where);

function parsed<T>(read: () => T, where: string): T {
  try {
    return read();
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new InputError({ where, found, expected: "comma-separated values with as many fields on each line as in the first" });
  }
}

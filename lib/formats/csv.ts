import { readFile } from "node:fs/promises";

import { parse } from "csv-parse/sync";

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

/** The rows of a CSV text without a header line. @throws InputError for rows of different lengths */
export function parseCsvRows(text: string, where: string): string[][] {
  try {
    return parse(text, { bom: true, skip_empty_lines: true });
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new InputError({ where, found, expected: "comma-separated values with as many fields on each line as in the first" });
  }
}

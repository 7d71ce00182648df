import { readFile, writeFile } from "node:fs/promises";

import type { Plain } from "../core/fingerprint.js";
import { InputError } from "../core/errors.js";

/**
 * A small JSON file as a typed record.
 * @param parse checks the value and throws where it is wrong, as a zod schema's `parse` does
 * @throws InputError if there is no such file, it is no JSON, or `parse` refuses it
 */
export async function readJson<T>(path: string, parse: (value: unknown) => T): Promise<T> {
  try {
    return parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    const found = error instanceof Error ? error.message.slice(0, 300) : String(error);
    throw new InputError({ where: path, found, expected: "a JSON file as Touchstone writes it" });
  }
}

/** Writes a value as JSON, one space a level. */
export const writeJson = (path: string, value: Plain): Promise<void> => writeFile(path, `${JSON.stringify(value, null, 1)}\n`);

import { readFile, stat } from "node:fs/promises";

import { InputError } from "../core/errors.js";

/**
 * A file that a person named, its size checked before it is read.
 * @param expected what it ought to be, for the error   @throws InputError for more bytes than `largest`, or where it can't be read
 */
export async function readBounded(path: string, { largest, expected }: { largest: number; expected: string }): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > largest) throw new InputError({ where: path, found: `${size} bytes`, expected: `at most ${largest}` });
    return await readFile(path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const found = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new InputError({ where: path, found, expected });
  }
}

import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";

import { InputError } from "../core/errors.js";
import { dataPath } from "./data-folder.js";

/** Texts beyond this are no evaluation texts; they are refused before they are read. */
const LARGEST = 64 * 2 ** 20;

/** A text to measure perplexity on. */
export interface PlainText {
  /** For records and tables: "mini", or the file's name. */
  readonly name: string;
  readonly content: string;
}

/**
 * A UTF-8 text file; ours if none is named.
 * @throws InputError if it can't be read, is too large, or is not UTF-8
 */
export async function readText(path?: string): Promise<PlainText> {
  const file = path ?? dataPath("text", "mini.txt");
  const bytes = await readBounded(file);
  try {
    return {
      name: path === undefined ? "mini" : basename(path),
      content: new TextDecoder("utf-8", { fatal: true }).decode(bytes),
    };
  } catch {
    throw new InputError({ where: file, found: "bytes that are no UTF-8", expected: "a text file in UTF-8" });
  }
}

async function readBounded(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > LARGEST) throw new InputError({ where: file, found: `${size} bytes`, expected: `at most ${LARGEST}` });
    return await readFile(file);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const found = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new InputError({ where: file, found, expected: "a text file that can be read" });
  }
}

import { basename } from "node:path";

import { InputError } from "../core/errors.js";
import { readBounded } from "./bounded-file.js";
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
  const bytes = await readBounded(file, { largest: LARGEST, expected: "a text file that can be read" });
  try {
    return {
      name: path === undefined ? "mini" : basename(path),
      content: new TextDecoder("utf-8", { fatal: true }).decode(bytes),
    };
  } catch {
    throw new InputError({ where: file, found: "bytes that are no UTF-8", expected: "a text file in UTF-8" });
  }
}

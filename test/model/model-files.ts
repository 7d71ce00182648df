import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { InputError } from "../../lib/core/errors.js";
import { loadModel } from "../../lib/model/index.js";

const source = join(import.meta.dirname, "../parity/architectures");

/** A copy of one of the tiny models of `npm run parity:architectures`, to be damaged. @returns its path */
export function copyOf(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), "touchstone-test-"));
  cpSync(join(source, name), join(folder, name), { recursive: true });
  return join(folder, name);
}

/** Changes a JSON file of a folder; what it holds is the test's own business, so that it may become anything. */
export function changeJson(folder: string, file: string, change: Readonly<Record<string, unknown>>): void {
  const path = join(folder, file);
  const value: unknown = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...(typeof value === "object" ? value : {}), ...change }));
}

/**
 * Loads a model and reads all that a decoder would: either everything is a number, or an InputError says what is wrong.
 * @returns the error, or undefined   @throws what else goes wrong
 */
export async function complaintOf(path: string): Promise<InputError | undefined> {
  try {
    const model = await loadModel(path);
    try {
      for (const name of model.weights.names) {
        const values = await model.weights.read(name);
        if (!values.every((value) => Number.isFinite(value))) throw new Error(`${name} has a value that is no number`);
      }
      model.tokenizer.decode(model.tokenizer.encode("the quick <s> fox", { parseSpecial: true }));
      return undefined;
    } finally {
      await model.close();
    }
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}

import { InputError } from "../core/errors.js";
import type { Dimension } from "./dimension.js";
import { readSuite } from "./named-suite.js";
import type { Suite } from "./suite.js";

/** A suite that has a name, or why it is not at hand. */
export type KnownSuite = Suite | AbsentSuite;

/** A suite that is not at hand. */
export interface AbsentSuite {
  readonly name: string;
  readonly dimension: string;
  readonly items: null;
  /** Why, and what to do. */
  readonly missing: readonly string[];
}

/** The suites of these dimensions that have a name: ours, and the official one; those that are not at hand with the reason. */
export async function knownSuites(dimensions: readonly Dimension[]): Promise<KnownSuite[]> {
  const found: KnownSuite[] = [];
  for (const dimension of dimensions) {
    if (dimension.ownOnly) found.push(absent(dimension, "FILE", "a file of your own: --suite FILE"));
    else for (const name of ["mini", "official"]) found.push(await knownSuite(dimension, name));
  }
  return found;
}

async function knownSuite(dimension: Dimension, name: string): Promise<KnownSuite> {
  try {
    return await readSuite(dimension, name);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return absent(dimension, name, error.message);
  }
}

const absent = ({ name: dimension }: Dimension, name: string, reason: string): AbsentSuite => ({
  ...{ name, dimension, items: null, missing: [reason] },
});

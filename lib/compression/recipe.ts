import type { Plain } from "../core/fingerprint.js";

/** The full, serialisable settings of a compression. `dense` is the empty one. */
export interface Recipe {
  /** A name of the catalogue, or "dense". */
  readonly method: string;
  readonly settings: Readonly<Record<string, Plain>>;
}

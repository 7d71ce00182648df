import { createHash } from "node:crypto";

/** Token ids that a compression looks at: `samples` sequences of `length` tokens each. */
export interface CalibrationSet {
  /** "mini", "self", "c4", or a file's name. */
  readonly name: string;
  readonly samples: number;
  readonly length: number;
  readonly seed: number;
  /** [samples · length] */
  readonly tokens: Int32Array;
  /** SHA-256, in hex, of the number of samples and the token ids. */
  readonly digest: string;
}

/** A set with its digest. @throws Error if the tokens are no `samples` sequences */
export function calibrationSet(set: Omit<CalibrationSet, "digest">): CalibrationSet {
  const { samples, length, tokens } = set;
  if (samples < 1 || length < 1 || tokens.length !== samples * length) {
    throw new Error(`${tokens.length} tokens are no ${samples} sequences of ${length}`);
  }
  const hash = createHash("sha256").update(`${samples}\n`);
  hash.update(new Uint8Array(tokens.buffer, tokens.byteOffset, tokens.byteLength));
  return { ...set, digest: hash.digest("hex") };
}

import { allMagics } from "../magics/registry.js";
import type { Session } from "../magics/session.js";

/** A session without model, variants and study. */
export const createSession = (): Session => ({
  magicNames: Object.keys(allMagics()),
  model: undefined,
  engine: undefined,
  variants: new Map(),
  study: undefined,
});

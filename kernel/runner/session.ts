import type { Session } from "../magics/session.js";

/** A session without models, variants and study. */
export const createSession = (): Session => ({ models: new Map(), variants: new Map(), study: undefined });

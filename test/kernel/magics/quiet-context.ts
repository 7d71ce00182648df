import type { MagicContext } from "../../../kernel/magics/context.js";
import { guide } from "../../../kernel/magics/registry.js";

/** What a magic runs in: an empty session, nothing shown, nobody to stop it; but for what is given. */
export const quietContext = (given: Partial<MagicContext> = {}): MagicContext => ({
  session: { magicNames: [], model: undefined, engine: undefined, variants: new Map(), study: undefined },
  signal: new AbortController().signal,
  live: { update: () => undefined, finish: () => undefined },
  display: () => undefined,
  guide,
  text: "",
  values: [],
  variables: () => ({}),
  forget: () => undefined,
  atEnd: () => undefined,
  record: () => undefined,
  capture: () => undefined,
  ...given,
});

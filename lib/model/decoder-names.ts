/** Names of what is fed to and fetched from the prompt pass; `Decoder` alone uses them. */
export const PROMPT = {
  tokens: "prompt/tokens",
  rows: "prompt/rows",
  targets: "prompt/targets",
  logits: "prompt/logits",
  next: "prompt/next",
  logProbabilities: "prompt/logProbabilities",
  keep: "prompt/keep",
  append: "prompt/append",
  extend: "prompt/extend",
} as const;
/** Names of what is fed to and fetched from the step pass. */
export const STEP = {
  tokens: "step/tokens",
  positions: "step/positions",
  mask: "step/mask",
  slot: "step/slot",
  logits: "step/logits",
  next: "step/next",
  keep: "step/keep",
} as const;
/** Names of the work on the cache alone. */
export const CACHE = {
  noPrefix: "cache/noPrefix",
  unshare: "cache/unshare",
  emptyTail: "cache/emptyTail",
  clearTail: "cache/clearTail",
  rows: "cache/rows",
  places: "cache/places",
  arrange: "cache/arrange",
} as const;

/** The variable that holds a weight, and how it is fed: `feed` then fetch `done`. */
export const weightFeed = (name: string): { readonly feed: string; readonly done: string } => ({
  feed: `weight/${name}`,
  done: `weight/${name}/set`,
});

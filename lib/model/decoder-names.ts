/** What is fed to and fetched from a prompt pass. */
export interface PromptNames {
  readonly tokens: string;
  readonly rows: string;
  readonly targets: string;
  readonly logits: string;
  readonly next: string;
  readonly logProbabilities: string;
  readonly keep: string;
  readonly append: string;
  readonly extend: string;
}

/** What is fed to and fetched from a step pass. */
export interface StepNames {
  readonly tokens: string;
  readonly positions: string;
  readonly mask: string;
  readonly slot: string;
  readonly logits: string;
  readonly next: string;
  readonly keep: string;
}

/** Each pass stands in the graph twice, as one without a prefix has less to do; `Decoder` alone uses the names. */
export const PLACES = ["first", "behind"] as const;
/** Without a prefix, or behind one. */
export type Place = (typeof PLACES)[number];

const promptNames = (place: Place): PromptNames => ({
  tokens: `prompt/${place}/tokens`,
  rows: `prompt/${place}/rows`,
  targets: `prompt/${place}/targets`,
  logits: `prompt/${place}/logits`,
  next: `prompt/${place}/next`,
  logProbabilities: `prompt/${place}/logProbabilities`,
  keep: `prompt/${place}/keep`,
  append: `prompt/${place}/append`,
  extend: `prompt/${place}/extend`,
});

const stepNames = (place: Place): StepNames => ({
  tokens: `step/${place}/tokens`,
  positions: `step/${place}/positions`,
  mask: `step/${place}/mask`,
  slot: `step/${place}/slot`,
  logits: `step/${place}/logits`,
  next: `step/${place}/next`,
  keep: `step/${place}/keep`,
});

/** Names of the prompt passes. */
export const PROMPT: Readonly<Record<Place, PromptNames>> = { first: promptNames("first"), behind: promptNames("behind") };
/** Names of the step passes. */
export const STEP: Readonly<Record<Place, StepNames>> = { first: stepNames("first"), behind: stepNames("behind") };
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

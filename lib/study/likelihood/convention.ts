import { InputError } from "../../core/errors.js";
import { lookup } from "../../core/lookup.js";

/** How a text is cut into windows, and which of their tokens are counted. Each part moves the number; all stand in its name. */
export interface PerplexityConvention {
  /** Tokens a window at most, its BOS counted. */
  readonly context: number;
  /** Tokens of the text from one window's start to the next: fewer than a window holds, and its start is context only. */
  readonly stride: number;
  /** Where the model's first token stands; "none" for a model that wants none. */
  readonly bos: "none" | "text" | "window" | "in place";
  /** `new`: what no window before counted. `second half`: of each window, so that half a window stands before each. */
  readonly counted: "new" | "second half";
  /** A last window that the text does not fill. */
  readonly rest: "kept" | "dropped";
  /** How the text was made of documents; "none" for a file as it stands. */
  readonly joining: Joining;
}

/** `documents`: of a JSONL file; `lines`: of a text file, as the hub's WikiText has them. Both are joined by a blank line. */
export type Joining = "none" | "documents" | "lines";

/** The names of the joinings. */
export const JOININGS = ["none", "documents", "lines"] as const satisfies readonly Joining[];

/** A convention with what is said of it. */
export interface NamedConvention {
  readonly convention: PerplexityConvention;
  /** Where it comes from and what is particular about it, a sentence. */
  readonly about: string;
}

/** Ours: windows side by side, each token counted once but the first of a window. */
export const DEFAULT_CONVENTION: PerplexityConvention = {
  context: 512,
  stride: 512,
  bos: "none",
  counted: "new",
  rest: "kept",
  joining: "none",
};

/** The conventions by name that published perplexities follow; numbers of two of them are never comparable. */
export const CONVENTIONS = {
  blocks: {
    convention: DEFAULT_CONVENTION,
    about: "Windows of 512 side by side. The early tokens of each window have little before them, which raises the number.",
  },
  papers: {
    convention: { ...DEFAULT_CONVENTION, context: 2048, stride: 2048, bos: "text", rest: "dropped" },
    about:
      "GPTQ, SparseGPT, Wanda, AWQ: windows of 2,048 side by side, BOS before the whole text only, what is left at its end dropped.",
  },
  "llama.cpp": {
    convention: { ...DEFAULT_CONVENTION, bos: "in place", counted: "second half", rest: "dropped" },
    about:
      "llama-perplexity: of windows of 512 the second half is counted; BOS replaces the first token of each where the model wants it.",
  },
  "hugging-face": {
    convention: { ...DEFAULT_CONVENTION, context: 1024, bos: "text" },
    about:
      "The transformers guide: a window of 1,024 slides by 512 and the new tokens are counted, with 512 and more before them.",
  },
  "blocks-bos": {
    convention: { ...DEFAULT_CONVENTION, stride: 511, bos: "window" },
    about: "As blocks, with BOS before each window: the first token of each is counted too.",
  },
} as const satisfies Readonly<Record<string, NamedConvention>>;

/** The name of a convention of the list. */
export type ConventionName = keyof typeof CONVENTIONS;

/** The whole convention as a name; numbers of different names are never subtracted. */
export function conventionName(convention: PerplexityConvention): string {
  const { context, stride, bos, rest, joining } = convention;
  return [
    `context ${context}`,
    `stride ${stride}`,
    BOS_NAMES[bos],
    countedName(convention),
    ...(rest === "dropped" ? ["a shorter last window dropped"] : []),
    ...(joining === "none" ? [] : [`${joining} joined by a blank line`]),
  ].join(", ");
}

const BOS_NAMES: Readonly<Record<PerplexityConvention["bos"], string>> = {
  none: "no BOS",
  text: "BOS before the text",
  window: "BOS before each window",
  "in place": "BOS in place of each window's first token",
};

function countedName({ counted, stride, context, bos }: PerplexityConvention): string {
  if (counted === "second half") return "second half of a window counted";
  if (stride < roomOf({ context, bos })) return "new tokens of a window counted";
  return bos === "window" ? "all tokens counted" : "first token of a window not counted";
}

/** Tokens of the text in one window. */
export const roomOf = ({ context, bos }: Pick<PerplexityConvention, "context" | "bos">): number =>
  bos === "window" ? context - 1 : context;

/** What of a convention a person changes. */
export interface ConventionChange {
  /** Default "blocks", ours. */
  readonly name?: string | undefined;
  readonly context?: number | undefined;
  /** Default: windows side by side stay so, else the convention's own. */
  readonly stride?: number | undefined;
  readonly joining?: Joining | undefined;
}

/** A named convention with changes. @throws InputError for an unknown name */
export function conventionNamed({ name = "blocks", context, stride, joining }: ConventionChange): PerplexityConvention {
  const known: Readonly<Record<string, NamedConvention>> = CONVENTIONS;
  const { convention } = lookup("convention", known, name);
  const changed = { ...convention, context: context ?? convention.context, joining: joining ?? convention.joining };
  const isSideBySide = convention.stride === roomOf(convention);
  return { ...changed, stride: stride ?? (isSideBySide ? roomOf(changed) : convention.stride) };
}

/** The convention as it is for a model: one that wants no first token gets none, wherever the convention would have it. */
export function conventionFor(convention: PerplexityConvention, bos: number | undefined): PerplexityConvention {
  if (bos !== undefined || convention.bos === "none") return convention;
  const { stride, context } = convention;
  return { ...convention, bos: "none", stride: stride === roomOf(convention) ? context : stride };
}

/** @throws InputError naming the part that can't be, or a context that the model doesn't have */
export function checkConvention(convention: PerplexityConvention, maxContext: number): void {
  const { context, stride, counted } = convention;
  const room = roomOf(convention);
  const where = "perplexity";
  const whole = (value: number, least: number, most: number): boolean =>
    Number.isInteger(value) && value >= least && value <= most;
  if (!whole(context, 4, maxContext))
    throw new InputError({
      where: `${where}, context`,
      found: String(context),
      expected: `4 to ${maxContext} tokens, the model's context`,
    });
  if (!whole(stride, 1, room))
    throw new InputError({
      where: `${where}, stride`,
      found: String(stride),
      expected: `1 to ${room} tokens, what a window holds`,
    });
  if (counted === "second half" && stride !== room)
    throw new InputError({
      where: `${where}, stride`,
      found: `${stride} where the second half of each window is counted`,
      expected: `windows side by side, ${room}`,
    });
}

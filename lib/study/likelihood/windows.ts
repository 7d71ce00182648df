import { type PerplexityConvention, roomOf } from "./convention.js";

/** A window of a text, and which of its tokens are counted. */
export interface TextWindow {
  /** With BOS where the convention has it. */
  readonly tokens: readonly number[];
  /** The first counted one: 1 at least, as the first of a window has nothing before it. All after it are counted. */
  readonly from: number;
  /** Where the first counted token stands in the text. */
  readonly at: number;
}

/**
 * A text under a convention, window by window; one without anything to count is left out. Each token of the text is counted
 * once at most.
 * @param tokens of the text, without any special ones  @param bos the model's first token, where it wants one
 * @throws Error where the convention needs a BOS and there is none
 */
export function textWindows(tokens: readonly number[], convention: PerplexityConvention, bos?: number): TextWindow[] {
  if (convention.bos !== "none" && bos === undefined) throw new Error("the convention has a BOS, the model none");
  const first = bos === undefined ? [] : [bos];
  const before = convention.bos === "text" ? 1 : 0; // tokens of the sequence that are not the text's
  const sequence = before === 1 ? [...first, ...tokens] : tokens;
  const room = roomOf(convention);
  const windows: TextWindow[] = [];
  for (let start = 0, seen = 0; start < sequence.length; start += convention.stride) {
    const body = sequence.slice(start, start + room);
    if (body.length < room && convention.rest === "dropped") break;
    const window = { window: [...first, ...body], "in place": [...first, ...body.slice(1)], none: body, text: body }[
      convention.bos
    ];
    const added = convention.bos === "window" ? 1 : 0;
    const from = convention.counted === "new" ? Math.max(1, seen - start + added) : Math.floor(convention.context / 2) + 1;
    if (from < window.length) windows.push({ tokens: window, from, at: start + from - added - before });
    seen = start + room;
    if (seen >= sequence.length) break;
  }
  return windows;
}

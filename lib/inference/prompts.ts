import { InputError } from "../core/errors.js";
import type { Model } from "../model/index.js";
import type { Prompt, RawText } from "./responder.js";

/** A prompt as the model sees it. */
export interface RenderedPrompt {
  readonly text: string;
  readonly tokens: readonly number[];
}

/**
 * A prompt's text, with the chat template's marks, and its tokens.
 * @param room tokens that an answer takes: for them a raw text leaves out what it may
 */
export function renderPrompt(model: Model, prompt: Prompt, room = 0): RenderedPrompt {
  if ("tokens" in prompt) return { text: model.tokenizer.decode([...prompt.tokens]), tokens: prompt.tokens };
  if ("text" in prompt) return renderText(model, prompt, room);
  const text = model.chat.render(prompt.messages);
  return { text, tokens: encodeConversation(model, text) };
}

function renderText(model: Model, { text, omissible = [] }: RawText, room: number): RenderedPrompt {
  for (let kept = omissible.length; ; kept--) {
    const shown = withoutParts(text, omissible.slice(kept));
    const tokens = encodeText(model, shown);
    if (tokens.length + room <= model.config.context || kept === 0) return { text: shown, tokens };
  }
}

/** @param parts in their order, apart */
function withoutParts(text: string, parts: readonly (readonly [number, number])[]): string {
  return parts.reduceRight((rest, [from, to]) => rest.slice(0, from) + rest.slice(to), text);
}

/** A raw text's tokens, behind the tokenizer's first one where the model wants it. */
function encodeText({ tokenizer }: Model, text: string): number[] {
  const tokens = tokenizer.encode(text);
  return tokenizer.bos === undefined ? tokens : [tokenizer.bos, ...tokens];
}

/** A conversation's tokens: the template's marks are special tokens, and some templates count on the tokenizer's first one. */
function encodeConversation({ chat, tokenizer }: Model, text: string): number[] {
  const tokens = tokenizer.encode(text, { parseSpecial: true });
  return chat.afterBos === true && tokenizer.bos !== undefined ? [tokenizer.bos, ...tokens] : tokens;
}

/**
 * A prompt that leaves room for an answer. One that is too long is refused, or loses tokens after its first one.
 * @throws InputError if it is empty or too long
 */
export function fitPrompt(
  { config, title }: Model,
  tokens: readonly number[],
  asked: { readonly room: number; readonly tooLong?: "refuse" | "keep-end" | undefined; readonly index: number },
): { readonly tokens: readonly number[]; readonly dropped: number } {
  const { room, tooLong, index } = asked;
  const excess = tokens.length + room - config.context;
  if (tokens.length > 0 && excess <= 0) return { tokens, dropped: 0 };
  if (tooLong === "keep-end" && tokens.length - excess >= 2) {
    return { tokens: [tokens[0], ...tokens.slice(1 + excess)], dropped: excess };
  }
  throw new InputError({
    where: `request ${index + 1}`,
    found: `a prompt of ${tokens.length} tokens and an answer of up to ${room}`,
    expected: `at most ${config.context} tokens together, the context of ${title}`,
    remedy: 'shorten the prompt or the answer, or ask with tooLong: "keep-end"',
  });
}

/**
 * The tokens of a prompt with each of some continuations. Tokens may merge where they meet: then the scored part starts
 * before the seam, at the same token for all continuations, so that what is compared is the same text.
 * @returns the rows and the position of their first scored token, at least 1
 * @throws InputError if there is nothing to score, nothing before it, or more than the context holds
 */
export function joinContinuations(
  model: Model,
  { prompt, rendered }: { readonly prompt: Prompt; readonly rendered: RenderedPrompt },
  asked: { readonly continuations: readonly (string | readonly number[])[]; readonly index: number },
): { readonly rows: readonly (readonly number[])[]; readonly from: number } {
  const { tokenizer } = model;
  const rows = asked.continuations.map((continuation) => {
    if (typeof continuation !== "string") return [...rendered.tokens, ...continuation];
    if ("tokens" in prompt) return [...rendered.tokens, ...tokenizer.encode(continuation)];
    const text = rendered.text + continuation;
    return "messages" in prompt ? encodeConversation(model, text) : encodeText(model, text);
  });
  const from = Math.min(...rows.map((row) => equalStart(rendered.tokens, row)));
  for (const row of rows) {
    if (from >= 1 && row.length > from && row.length <= model.config.context) continue;
    throw new InputError({
      where: `request ${asked.index + 1}`,
      found: `a prompt of ${from} tokens and a continuation of ${row.length - from}`,
      expected: `at least one of each and at most ${model.config.context} together, the context of ${model.title}`,
    });
  }
  return { rows, from };
}

function equalStart(a: readonly number[], b: readonly number[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i;
  return length;
}

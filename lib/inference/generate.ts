import { throwIfInterrupted } from "../core/errors.js";
import { breathe } from "../core/progress.js";
import type { Random } from "../core/random.js";
import { type Decoder, HIDDEN } from "../model/index.js";
import { sampleToken } from "./sampling.js";

/** A batch to be continued. */
export interface GenerationBatch {
  /** Token ids behind the shared prefix, at least one each. */
  readonly prompts: readonly (readonly number[])[];
  /** Length of the shared prefix that the decoder holds. */
  readonly prefix: number;
  readonly maxTokens: number;
  /** Tokens that end an answer; they are not part of it. */
  readonly ends: ReadonlySet<number>;
  /** 0 is greedy. */
  readonly temperature: number;
  /** One source a sequence, so that an answer does not depend on its neighbours; unused when greedy. */
  readonly randoms: readonly Random[];
  readonly signal?: AbortSignal | undefined;
}

/** One continuation. */
export interface Continuation {
  readonly tokens: readonly number[];
  readonly finish: "end" | "length";
}

/** Tokens of prompts read in one call: long enough for the matrix product's speed, short enough to be interrupted. */
const PROMPT_CALL_TOKENS = 256;
/** Places for new tokens that are rewritten at each step; a full tail is moved behind the prompts. */
const TAIL_PLACES = 16;
/** Finished sequences are dropped from the batch when they are at least this share of it. */
const DROP_SHARE = 0.25;

interface Sequence {
  readonly index: number;
  readonly prompt: number;
  readonly tokens: number[];
  finished: "end" | "length" | undefined;
}

/**
 * Continues a batch of prompts until each has ended or is full.
 * @throws InterruptedError between two steps
 */
export async function generate(decoder: Decoder, batch: GenerationBatch): Promise<Continuation[]> {
  const sequences = batch.prompts.map(({ length }, index): Sequence => ({
    index,
    prompt: length,
    tokens: [],
    finished: undefined,
  }));
  await readPrompts(decoder, batch, sequences);
  let active = sequences;
  const places = Math.min(TAIL_PLACES, batch.maxTokens);
  const own = ownMask(batch);
  decoder.startTail(active.length, places);
  for (let slot = 0; ; slot++) {
    const running = active.filter(({ finished }) => finished === undefined);
    if (running.length === 0) break;
    if (active.length - running.length >= DROP_SHARE * active.length) {
      decoder.select(running.map((sequence) => active.indexOf(sequence)));
      active = running;
    }
    if (slot === places) {
      decoder.fold();
      decoder.startTail(active.length, places);
      own.fold(places);
      slot = 0;
    }
    throwIfInterrupted(batch.signal);
    take(batch, active, nextTokens(decoder, batch, { active, mask: own.mask(active, { slot, places }), slot }));
    await breathe();
  }
  return sequences.map(({ tokens, finished }) => ({ tokens, finish: finished ?? "length" }));
}

/** Reads all prompts, some rows at a time, and takes the first token of each answer. */
async function readPrompts(decoder: Decoder, batch: GenerationBatch, sequences: readonly Sequence[]): Promise<void> {
  const width = Math.max(...batch.prompts.map(({ length }) => length));
  const rowsAtOnce = Math.max(1, Math.floor(PROMPT_CALL_TOKENS / width));
  for (let from = 0; from < sequences.length; from += rowsAtOnce) {
    throwIfInterrupted(batch.signal);
    const rows = batch.prompts.slice(from, from + rowsAtOnce);
    const options = { width, append: from > 0 };
    const some = sequences.slice(from, from + rowsAtOnce);
    const next = batch.temperature === 0 ? decoder.prompt(rows, options) : draw(batch, some, decoder.promptLogits(rows, options));
    take(batch, some, next);
    await breathe();
  }
}

function nextTokens(
  decoder: Decoder,
  batch: GenerationBatch,
  { active, mask, slot }: { active: readonly Sequence[]; mask: Float32Array; slot: number },
): Int32Array {
  const tokens = Int32Array.from(active, (sequence) => sequence.tokens.at(-1) ?? 0);
  const positions = Int32Array.from(active, (sequence) => batch.prefix + sequence.prompt + sequence.tokens.length - 1);
  const step = { tokens, positions, mask, slot };
  return batch.temperature === 0 ? decoder.step(step) : draw(batch, active, decoder.stepLogits(step));
}

function draw({ temperature, randoms }: GenerationBatch, sequences: readonly Sequence[], logits: Float32Array): Int32Array {
  const size = logits.length / sequences.length;
  return Int32Array.from(sequences, ({ index }, row) =>
    sampleToken(logits.subarray(row * size, (row + 1) * size), temperature, randoms[index]),
  );
}

/** Gives each running sequence its next token; ends those that got an end or are full. */
function take({ ends, maxTokens }: GenerationBatch, sequences: readonly Sequence[], next: Int32Array): void {
  sequences.forEach((sequence, row) => {
    if (sequence.finished !== undefined) return;
    if (ends.has(next[row])) sequence.finished = "end";
    else if (sequence.tokens.push(next[row]) >= maxTokens) sequence.finished = "length";
  });
}

/** Which keys each sequence sees: the prefix, its own prompt without padding, what it has generated. */
function ownMask({ prompts, prefix }: GenerationBatch) {
  const width = Math.max(...prompts.map(({ length }) => length));
  let folded = 0;
  return {
    fold(places: number): void {
      folded += places;
    },
    mask(active: readonly Sequence[], { slot, places }: { slot: number; places: number }): Float32Array {
      const row = prefix + width + folded + places;
      const mask = new Float32Array(active.length * row);
      active.forEach(({ prompt }, i) => {
        mask.fill(HIDDEN, i * row + prefix + prompt, i * row + prefix + width);
        mask.fill(HIDDEN, i * row + prefix + width + folded + slot + 1, (i + 1) * row);
      });
      return mask;
    },
  };
}

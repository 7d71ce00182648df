import { throwIfInterrupted } from "../core/errors.js";
import { breathe } from "../core/progress.js";
import type { Random } from "../core/random.js";
import { type Decoder, HIDDEN } from "../model/index.js";
import type { BatchLimits } from "./batches.js";
import { type Chooser, chooser, largestOf } from "./sampling.js";

/** A prompt to be continued. */
export interface GenerationTask {
  /** Token ids behind the shared prefix, at least one. */
  readonly prompt: readonly number[];
  readonly maxTokens: number;
  /** Tokens that end an answer; they are not part of it. */
  readonly ends: ReadonlySet<number>;
  /** Chooses each token, by a source of its own, so that an answer does not depend on its neighbours; absent when greedy. */
  readonly choose?: Chooser | undefined;
  /** Whether an answer is complete with its last token. */
  readonly isDone?: ((tokens: readonly number[]) => boolean) | undefined;
}

/** One continuation. */
export interface Continuation {
  readonly tokens: readonly number[];
  readonly finish: "end" | "length";
}

/** A continuation and the position of its task. */
export interface Finished extends Continuation {
  readonly task: number;
}

/** Tokens of prompts read in one call: long enough for the matrix product's speed, short enough to be interrupted. */
const PROMPT_CALL_TOKENS = 256;
/** Places for new tokens that are rewritten at each step; a full tail is moved behind the prompts. */
const TAIL_PLACES = 16;
/** Finished sequences are replaced, or dropped, when they are at least this share of the batch. */
const DROP_SHARE = 0.25;

interface Sequence extends GenerationTask {
  readonly task: number;
  readonly tokens: number[];
  /** Positions in its own cache. */
  held: number;
  finished: "end" | "length" | undefined;
}

/**
 * Continues prompts until each has ended or is full, as many at once as the limits allow; those that are finished make room
 * for waiting ones. Yields what has finished from time to time.
 * @param prefix length of the shared prefix that the decoder holds
 * @throws InterruptedError between two steps
 */
export async function* generateAll(
  decoder: Decoder,
  tasks: readonly GenerationTask[],
  { prefix, limits, signal }: { prefix: number; limits: BatchLimits; signal?: AbortSignal | undefined },
): AsyncGenerator<readonly Finished[], void, void> {
  const need = (sequence: Sequence): number => sequence.prompt.length + sequence.maxTokens;
  const waiting = tasks
    .map((task, index): Sequence => ({ ...task, task: index, tokens: [], held: 0, finished: undefined }))
    .sort((a, b) => need(b) - need(a) || a.task - b.task);
  let active: Sequence[] = [];
  while (waiting.length > 0 || active.length > 0) {
    const entering = nextOf(waiting, active, limits, need);
    await readPrompts(decoder, entering, { append: active.length > 0, signal });
    active.push(...entering);
    const slots = await takeSteps(decoder, active, { prefix, refill: waiting.length > 0, signal });
    const finished = active.filter((sequence) => sequence.finished !== undefined);
    const running = active.filter((sequence) => sequence.finished === undefined);
    if (running.length > 0) arrange(decoder, active, running, slots);
    active = running;
    yield finished.map(({ task, tokens, finished: finish }) => ({ task, tokens, finish: finish ?? "length" }));
  }
}

/** A batch to be continued as a whole. */
export interface GenerationBatch {
  readonly prompts: readonly (readonly number[])[];
  readonly prefix: number;
  readonly maxTokens: number;
  readonly ends: ReadonlySet<number>;
  /** 0 is greedy. */
  readonly temperature: number;
  /** One source a sequence; unused when greedy. */
  readonly randoms: readonly Random[];
  readonly signal?: AbortSignal | undefined;
}

/** Continues a batch of prompts, all at once; answers in their order. */
export async function generate(decoder: Decoder, batch: GenerationBatch): Promise<Continuation[]> {
  const { prompts, prefix, maxTokens, ends, temperature, randoms, signal } = batch;
  const tasks = prompts.map((prompt, i) => ({ prompt, maxTokens, ends, choose: chooser({ temperature }, randoms[i]) }));
  const limits = { sequences: prompts.length, positions: Infinity };
  const answers: Continuation[] = [];
  for await (const finished of generateAll(decoder, tasks, { prefix, limits, signal }))
    for (const { task, tokens, finish } of finished) answers[task] = { tokens, finish };
  return answers;
}

/** Takes from the waiting ones what the limits allow beside the active ones, longest prompt first; at least one if none is active. */
function nextOf(
  waiting: Sequence[],
  active: readonly Sequence[],
  { sequences, positions }: BatchLimits,
  need: (sequence: Sequence) => number,
): Sequence[] {
  const longest = Math.max(0, ...[...active, ...waiting.slice(0, 1)].map(need));
  const room = Math.min(sequences, Math.floor(positions / Math.max(1, longest))) - active.length;
  const entering = waiting.splice(0, Math.max(active.length === 0 ? 1 : 0, room));
  return entering.sort((a, b) => b.prompt.length - a.prompt.length || a.task - b.task);
}

/** Reads prompts, some rows at a time, and takes the first token of each answer. */
async function readPrompts(
  decoder: Decoder,
  entering: readonly Sequence[],
  { append, signal }: { append: boolean; signal: AbortSignal | undefined },
): Promise<void> {
  for (let from = 0; from < entering.length;) {
    throwIfInterrupted(signal);
    const width = entering[from].prompt.length;
    const some = entering.slice(from, from + Math.max(1, Math.floor(PROMPT_CALL_TOKENS / width)));
    const rows = some.map(({ prompt }) => prompt);
    const options = { width, append: append || from > 0 };
    const isGreedy = some.every(({ choose }) => choose === undefined);
    take(some, isGreedy ? decoder.prompt(rows, options) : chooseAll(some, decoder.promptLogits(rows, options)));
    for (const sequence of some) sequence.held = sequence.prompt.length;
    from += some.length;
    await breathe();
  }
}

/** Steps until the tail is full or enough sequences have finished. @returns how many places of the tail are taken */
async function takeSteps(
  decoder: Decoder,
  active: readonly Sequence[],
  { prefix, refill, signal }: { prefix: number; refill: boolean; signal: AbortSignal | undefined },
): Promise<number> {
  const isRunning = ({ finished }: Sequence): boolean => finished === undefined;
  const left = Math.max(...active.map(({ maxTokens, tokens }) => maxTokens - tokens.length));
  const places = Math.min(TAIL_PLACES, Math.max(1, left));
  const width = Math.max(...active.map(({ held }) => held));
  if (active.some(isRunning)) decoder.startTail(active.length, places);
  for (let slot = 0; slot < places; slot++) {
    const idle = active.filter((sequence) => !isRunning(sequence)).length;
    if (idle === active.length || (idle > 0 && (refill || active.length > 1) && idle >= DROP_SHARE * active.length)) return slot;
    throwIfInterrupted(signal);
    const step = {
      tokens: Int32Array.from(active, ({ tokens }) => tokens.at(-1) ?? 0),
      positions: Int32Array.from(active, ({ prompt, tokens }) => prefix + prompt.length + Math.max(0, tokens.length - 1)),
      mask: ownMask(active, { width, slot, places }),
      slot,
    };
    const isGreedy = active.every(({ choose }) => choose === undefined);
    take(active, isGreedy ? decoder.step(step) : chooseAll(active, decoder.stepLogits(step)));
    await breathe();
  }
  return places;
}

/** Closes the gaps between prompts and tail, of the sequences that go on. */
function arrange(decoder: Decoder, active: readonly Sequence[], running: readonly Sequence[], slots: number): void {
  const width = Math.max(...active.map(({ held }) => held));
  const longer = Math.max(...running.map(({ held }) => held)) + slots;
  const places = new Int32Array(running.length * longer);
  running.forEach((sequence, row) => {
    const { held } = sequence;
    for (let i = 0; i < held; i++) places[row * longer + i] = i;
    for (let i = 0; i < slots; i++) places[row * longer + held + i] = width + i;
    sequence.held = held + slots;
  });
  decoder.arrange(
    running.map((sequence) => active.indexOf(sequence)),
    places,
  );
}

function chooseAll(sequences: readonly Sequence[], logits: Float32Array): Int32Array {
  const size = logits.length / sequences.length;
  return Int32Array.from(sequences, ({ choose, prompt, tokens, finished }, row) => {
    const own = logits.subarray(row * size, (row + 1) * size);
    if (finished !== undefined) return 0;
    return choose === undefined ? largestOf(own) : choose(own, [...prompt, ...tokens]);
  });
}

/** Gives each running sequence its next token; ends those that got an end, are complete, or are full. */
function take(sequences: readonly Sequence[], next: Int32Array): void {
  sequences.forEach((sequence, row) => {
    const { finished, ends, tokens, maxTokens, isDone } = sequence;
    if (finished !== undefined) return;
    if (ends.has(next[row])) sequence.finished = "end";
    else {
      tokens.push(next[row]);
      if (isDone?.(tokens) === true) sequence.finished = "end";
      else if (tokens.length >= maxTokens) sequence.finished = "length";
    }
  });
}

/** Which own keys each sequence sees: its prompt and answer without padding. */
function ownMask(
  active: readonly Sequence[],
  { width, slot, places }: { width: number; slot: number; places: number },
): Float32Array {
  const row = width + places;
  const mask = new Float32Array(active.length * row);
  active.forEach(({ held }, i) => {
    mask.fill(HIDDEN, i * row + held, i * row + width);
    mask.fill(HIDDEN, i * row + width + slot + 1, (i + 1) * row);
  });
  return mask;
}

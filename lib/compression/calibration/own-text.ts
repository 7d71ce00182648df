import { throwIfInterrupted } from "../../core/errors.js";
import { breathe } from "../../core/progress.js";
import type { Progress } from "../../core/progress.js";
import { createRandom } from "../../core/random.js";
import type { Random } from "../../core/random.js";
import { Decoder, HIDDEN, sampleToken } from "../../model/index.js";
import type { Model } from "../../model/model.js";
import type { CompleteCalibration } from "./calibration-settings.js";

/** Sequences that are continued at once; each has a random source of its own, so that the others don't change it. */
const AT_ONCE = 32;
/** Places for new tokens that are rewritten at each step. */
const TAIL = 32;

/**
 * Text of the model itself: sequences sampled at temperature 1, each from the token that ends a text, and on behind every
 * further one. -> [samples · length], the first token of each left out
 */
export async function* sampleOwnText(
  model: Model,
  { samples, length, seed }: CompleteCalibration,
  signal?: AbortSignal,
): AsyncGenerator<Progress, Int32Array, void> {
  const decoder = await Decoder.load(model.config, model.weights, { signal });
  const tokens = new Int32Array(samples * length);
  try {
    for (let from = 0; from < samples; from += AT_ONCE) {
      const count = Math.min(AT_ONCE, samples - from);
      const randoms = Array.from({ length: count }, (_, i) => createRandom(seed).fork(`self/${from + i}`));
      const sequences = continueAll(decoder, { start: model.tokenizer.endOfText[0] ?? 0, length, randoms }, signal);
      for (;;) {
        const step = await sequences.next();
        if (step.done) {
          step.value.forEach((sequence, i) => tokens.set(sequence, (from + i) * length));
          break;
        }
        yield {
          stage: "calibrate",
          done: from * length + count * step.value,
          total: tokens.length,
          note: "the model's own text",
        };
      }
    }
    return tokens;
  } finally {
    decoder.close();
  }
}

interface Sampled {
  readonly start: number;
  readonly length: number;
  readonly randoms: readonly Random[];
}

/** All sequences in lockstep. Yields how many tokens each has. */
async function* continueAll(
  decoder: Decoder,
  { start, length, randoms }: Sampled,
  signal: AbortSignal | undefined,
): AsyncGenerator<number, Int32Array[], void> {
  const rows = randoms.map(() => [start]);
  const sequences = randoms.map(() => new Int32Array(length));
  const batch = randoms.length;
  let held = 1; // positions in the own caches; longer in front of every new tail
  let next = draw(decoder.promptLogits(rows, { width: 1, append: false }), randoms);
  for (let position = 0; position < length;) {
    decoder.startTail(batch, TAIL);
    for (let slot = 0; slot < TAIL && position < length; slot++, position++) {
      throwIfInterrupted(signal);
      sequences.forEach((sequence, i) => (sequence[position] = next[i]));
      if (position + 1 === length) continue;
      const mask = tailMask(batch, held, slot);
      next = draw(decoder.stepLogits({ tokens: next, positions: new Int32Array(batch).fill(position + 1), mask, slot }), randoms);
      await breathe();
    }
    const places = Int32Array.from({ length: batch * (held + TAIL) }, (_, i) => i % (held + TAIL));
    if (position < length) decoder.arrange([...sequences.keys()], places);
    held += TAIL;
    yield position;
  }
  return sequences;
}

/** One token a sequence. logits [B · V] -> [B] */
function draw(logits: Float32Array, randoms: readonly Random[]): Int32Array {
  const size = logits.length / randoms.length;
  return Int32Array.from(randoms, (random, i) => sampleToken(logits.subarray(i * size, (i + 1) * size), 1, random));
}

/** All own keys are seen, and of the tail those up to `slot`. -> [B · (held + TAIL)] */
function tailMask(batch: number, held: number, slot: number): Float32Array {
  const width = held + TAIL;
  const mask = new Float32Array(batch * width);
  for (let i = 0; i < batch; i++) mask.fill(HIDDEN, i * width + held + slot + 1, (i + 1) * width);
  return mask;
}

import { InputError } from "../../core/errors.js";
import type { Random } from "../../core/random.js";

/** How many windows are drawn, and how long they are. */
export interface WindowRequest {
  readonly samples: number;
  readonly length: number;
  /** Whose texts these are, for the error. */
  readonly where: string;
}

/**
 * Windows of a text that is cut into as many whole ones as it has, from an offset that is drawn, in an order that is drawn: none
 * overlaps another. tokens -> [samples · length]
 * @throws InputError if there are fewer windows than asked for
 */
export function drawWindows(tokens: readonly number[], { samples, length, where }: WindowRequest, random: Random): Int32Array {
  const whole = Math.floor(tokens.length / length);
  if (whole < samples) {
    const found = `${tokens.length} tokens, enough for ${whole} windows of ${length}`;
    const remedy = `take at most ${whole} samples, or windows of at most ${Math.floor(tokens.length / samples)} tokens`;
    throw new InputError({ where, found, expected: `${samples} windows of ${length} tokens`, remedy });
  }
  const offset = random.integer(tokens.length - whole * length + 1);
  const drawn = random.sample(
    Array.from({ length: whole }, (_, i) => offset + i * length),
    samples,
  );
  const out = new Int32Array(samples * length);
  drawn.forEach((start, i) => out.set(tokens.slice(start, start + length), i * length));
  return out;
}

import { breathe } from "../../core/progress.js";
import { INPUT_GROUPS } from "../../model/block-graph.js";
import type { InputGroup, TrialPart } from "../../model/block-graph.js";
import type { BlockActivations } from "../method.js";

/** Some of the columns x of an input. */
export interface InputSample {
  readonly width: number;
  /** Tokens in it. */
  readonly count: number;
  /** [width · count], a column a token */
  readonly values: Float32Array;
}

/** What the calibration set showed of an input. */
export interface SeenInput {
  /** [width] the mean of each entry's absolute value */
  readonly meanAbsolute: Float32Array;
  readonly sample: InputSample;
}

/** What is seen of the inputs of a block, by group. */
export type SeenInputs = Readonly<Record<InputGroup, SeenInput>>;

/** Tokens that the clip search looks at, or somewhat more: every so many-th, as its code takes them. */
export const SAMPLE_TOKENS = 512;

/** One pass of the calibration set through a block, in which parts hold it for their trials. */
export async function surveyInputs(activations: BlockActivations, trials: readonly TrialPart[]): Promise<SeenInputs> {
  const { runner, tokens } = activations;
  const tally = (): InputTally => new InputTally(tokens);
  const tallies = { q: tally(), o: tally(), gate: tally(), down: tally() };
  runner.endTrials();
  for await (const hidden of activations.chunks()) {
    const inputs = runner.survey(hidden, trials);
    for (const group of INPUT_GROUPS) tallies[group].add(inputs[group], hidden.length / runner.config.width);
    await breathe();
  }
  const { q, o, gate, down } = tallies;
  return { q: q.result(), o: o.result(), gate: gate.result(), down: down.result() };
}

/** Adds up |x| of each entry, and keeps every so many-th token. */
class InputTally {
  readonly #every: number;
  #seen = 0;
  #sums = new Float64Array(0);
  readonly #kept: Float32Array[] = [];

  constructor(tokens: number) {
    this.#every = Math.max(1, Math.floor(tokens / SAMPLE_TOKENS));
  }

  /** @param input [width, count] */
  add(input: Float32Array, count: number): void {
    const width = input.length / count;
    if (this.#seen === 0) this.#sums = new Float64Array(width);
    for (let i = 0; i < width; i++) {
      let sum = 0;
      for (let t = i * count; t < (i + 1) * count; t++) sum += Math.abs(input[t]);
      this.#sums[i] += sum;
    }
    const past = this.#seen % this.#every;
    for (let t = past === 0 ? 0 : this.#every - past; t < count; t += this.#every) {
      this.#kept.push(Float32Array.from({ length: width }, (_, i) => input[i * count + t]));
    }
    this.#seen += count;
  }

  result(): SeenInput {
    const [width, count] = [this.#sums.length, this.#kept.length];
    const values = new Float32Array(width * count);
    this.#kept.forEach((column, t) => column.forEach((value, i) => (values[i * count + t] = value)));
    return { meanAbsolute: Float32Array.from(this.#sums, (sum) => sum / this.#seen), sample: { width, count, values } };
  }
}

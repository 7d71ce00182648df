import { breathe } from "../core/progress.js";
import type { InputGroup, TrialPart } from "../model/block-graph.js";
import { INPUT_GROUPS } from "../model/block-graph.js";
import type { BlockRunner } from "../model/block-runner.js";
import type { BlockActivations, InputActivations, PartTrials } from "./method.js";

/** Hidden states before a block, chunk by chunk, as often as they are asked for. */
export interface HiddenChunks {
  /** Of all chunks. */
  readonly tokens: number;
  read(): Iterable<Float32Array> | AsyncIterable<Float32Array>;
}

/** Tokens that a sample has at least, where there are so many; as AWQ's code takes them for its clip search. */
export const SAMPLE_TOKENS = 512;

/**
 * The calibration set inside the block that the runner has.
 * @param chunks hidden states [W, N], all of the same size   @param vector reads one of the block's vectors
 */
export function blockActivations(runner: BlockRunner, chunks: HiddenChunks, vector: BlockActivations["vector"]): BlockActivations {
  return {
    vector,
    survey: (products) => survey(runner, chunks, products),
    trials: (part) => beginTrials(runner, chunks, part),
  };
}

async function survey(runner: BlockRunner, { tokens, read }: HiddenChunks, products: readonly InputGroup[]) {
  const tallies = new Map(INPUT_GROUPS.map((group) => [group, new InputTally(tokens)]));
  let begin = true;
  for await (const hidden of read()) {
    const inputs = runner.inputs(hidden, { groups: products, kind: "products", begin });
    for (const [group, tally] of tallies) tally.add(inputs[group], hidden.length / runner.config.width);
    begin = false;
    await breathe();
  }
  const found = (group: InputGroup): InputActivations => {
    const seen = tallies.get(group)?.result();
    if (seen === undefined) throw new Error(`no inputs of ${group}`);
    if (!products.includes(group)) return seen;
    const sums = runner.sums(group, "products");
    runner.dropSums(group, "products");
    return { ...seen, products: sums };
  };
  return { q: found("q"), o: found("o"), gate: found("gate"), down: found("down") };
}

/** Adds up |x| of each entry, and keeps every so many-th token. */
class InputTally {
  readonly #every: number;
  readonly #tokens: number;
  #seen = 0;
  #sums = new Float64Array(0);
  #kept: Float32Array[] = [];

  constructor(tokens: number) {
    this.#tokens = tokens;
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

  result(): InputActivations {
    const [width, count] = [this.#sums.length, this.#kept.length];
    const values = new Float32Array(width * count);
    this.#kept.forEach((column, t) => column.forEach((value, i) => (values[i * count + t] = value)));
    return {
      meanAbsolute: Float32Array.from(this.#sums, (sum) => sum / this.#tokens),
      sample: { width, count, values },
    };
  }
}

async function beginTrials(runner: BlockRunner, chunks: HiddenChunks, part: TrialPart): Promise<PartTrials> {
  let held = 0;
  for await (const hidden of chunks.read()) {
    runner.holdForTrials(part, hidden, held === 0);
    held += 1;
    await breathe();
  }
  return {
    chunks: held,
    use: (read) => runner.useTrial(part, read),
    error: (chunk) => runner.chunkError(part, chunk),
    end: () => runner.endTrials([part]),
  };
}

import { resolveBackend } from "../tensor/backend.js";
import type { GraphSession } from "../tensor/eager-session.js";
import type { Fetched, HostArray } from "../tensor/session.js";
import {
  BLOCK,
  blockGraph,
  INPUT_GROUPS,
  inputWidth,
  type InputGroup,
  type SumKind,
  TRIAL_PARTS,
  TRIAL_WEIGHTS,
  type TrialPart,
} from "./block-graph.js";
import type { ModelConfig } from "./config.js";
import { BLOCK_VARIABLES } from "./decoder-graph.js";
import { weightFeed } from "./decoder-names.js";
import { joinPanels, panelFrom, panelsOf } from "./input-sums.js";
import { rotaryTables } from "./rotary.js";

/** A weight of a block by its name within it: "q", "attentionNorm". */
export type BlockWeightName = (typeof BLOCK_VARIABLES)[keyof typeof BLOCK_VARIABLES][number];

/** Reads a weight of one block: its matrix, row-major, or its vector. */
export type ReadBlockWeight = (name: BlockWeightName) => Promise<Float32Array>;

/** Rows of large matrices are looked at in parts, whose copies in a graph are held at the same time. */
const FLOATS_AT_ONCE = 2 ** 23;

/** Which sums a pass gathers. */
export interface SumRequest {
  readonly groups: readonly InputGroup[];
  readonly kind: SumKind;
}

/**
 * One decoder block inside TensorFlow, for calibration: whatever block's weights it is given, over chunks of whole sequences that
 * are all `length` tokens long. A chunk is the hidden states of some of them, [W, sequences · length] row-major: a column a
 * token, sequence after sequence; all chunks of one pass should have the same size. Weights, sums over inputs and held trials
 * stay inside TensorFlow. Every call blocks: whoever calls breathes between chunks.
 */
export class BlockRunner {
  readonly config: ModelConfig;
  readonly length: number;
  readonly #session: GraphSession;
  /** How many chunks each part holds for trials. */
  readonly #held = new Map<TrialPart, number>();

  private constructor(config: ModelConfig, length: number, session: GraphSession) {
    this.config = config;
    this.length = length;
    this.#session = session;
  }

  /** Builds the graph of one block, without weights yet. @param length tokens of every sequence */
  static async open(config: ModelConfig, length: number): Promise<BlockRunner> {
    const backend = await resolveBackend();
    const runner = new BlockRunner(config, length, backend.open(blockGraph(config, length), { fewShapes: true }));
    const { cosines, sines } = rotaryTables(config, length);
    const shape = [length, config.headWidth];
    runner.#assign("cosines", { shape, values: cosines });
    runner.#assign("sines", { shape, values: sines });
    return runner;
  }

  /** Puts a block's weights into the variables, one after the other, so that only one stands in memory twice. */
  async use(read: ReadBlockWeight): Promise<void> {
    for (const [variable, parts] of Object.entries(BLOCK_VARIABLES)) {
      if (variable === "qkvBias" && this.config.qkvBias !== true) continue;
      this.#assign(variable, await this.#stacked(parts, read));
    }
  }

  /** Hidden states behind the block. [W, N] -> [W, N], a fresh array */
  output(hidden: Float32Array): Float32Array {
    return this.#fetch(this.#chunk(hidden), BLOCK.output);
  }

  /** What the linear layers of a group see. [W, N] -> [I, N], a fresh array */
  input(hidden: Float32Array, group: InputGroup): Float32Array {
    return this.#fetch(this.#chunk(hidden), BLOCK.input(group));
  }

  /** What the linear layers of all groups see, [I, N] each; in the same pass parts hold the chunk as by `holdForTrials`. */
  survey(hidden: Float32Array, trials: readonly TrialPart[]): Record<InputGroup, Float32Array> {
    const fetches = [...INPUT_GROUPS.map(BLOCK.input), ...trials.map((part) => this.#toHold(part, hidden))];
    const [q, o, gate, down] = this.#session.run(this.#chunk(hidden), fetches).slice(0, INPUT_GROUPS.length).map(floatsOf);
    return { q, o, gate, down };
  }

  /**
   * Adds a chunk to the sums over the groups' inputs; computes no more of the block than they need, so never the down layer.
   * @param begin this chunk is the first: forget what was summed
   */
  addToSums(hidden: Float32Array, { groups, kind }: SumRequest, begin: boolean): void {
    const step = begin ? BLOCK.begin : BLOCK.add;
    this.#session.run(
      this.#chunk(hidden),
      groups.map((group) => step(group, kind)),
    );
  }

  /** Σx² [I] or XXᵀ [I · I] of a group's inputs over all chunks, times `factor`; a fresh array. */
  sums(group: InputGroup, kind: SumKind, factor = 1): Float32Array {
    const read = (panel: number): Float32Array => this.#fetch({}, BLOCK.sums(group, kind, panel));
    return kind === "squares" ? read(0).map((value) => value * factor) : joinPanels(inputWidth(this.config, group), factor, read);
  }

  /** Puts sums into place that `sums` gave with the factor 1. */
  setSums(group: InputGroup, kind: SumKind, values: Float32Array): void {
    const width = inputWidth(this.config, group);
    if (kind === "squares") {
      this.#setPanel(BLOCK.set(group, kind, 0), { shape: [width, 1], values });
      return;
    }
    panelsOf(width).forEach((panel, i) => {
      const shape = [width - panel.start, panel.end - panel.start];
      this.#setPanel(BLOCK.set(group, kind, i), { shape, values: panelFrom(values, width, panel) });
    });
  }

  /** Lets the sums of a group go. */
  dropSums(group: InputGroup, kind: SumKind): void {
    this.#session.run({}, [BLOCK.drop(group, kind)]);
  }

  /** ‖W·X‖² and ‖(W′ − W)·X‖², over all tokens whose products were summed up, of matrices [rows · I] on a group's inputs. */
  squaredOutputs(group: InputGroup, before: Float32Array, after: Float32Array): { outputs: number; differences: number } {
    const columns = inputWidth(this.config, group);
    const step = columns * Math.max(1, Math.floor(FLOATS_AT_ONCE / columns));
    const sums = { outputs: 0, differences: 0 };
    for (let start = 0; start < before.length; start += step) {
      const rows = (values: Float32Array): HostArray => {
        const part = values.subarray(start, start + step);
        return { shape: [part.length / columns, columns], values: part };
      };
      const feeds = { [BLOCK.before]: rows(before), [BLOCK.after]: rows(after) };
      const [outputs, differences] = this.#session.run(feeds, [BLOCK.outputs(group), BLOCK.differences(group)]);
      sums.outputs += total(floatsOf(outputs));
      sums.differences += total(floatsOf(differences));
    }
    return sums;
  }

  /**
   * Begins trials of other matrices in one part of the block: `attention` is (q, k, v) -> o, `feedForward` is (gate, up) -> down,
   * each from the input of its group to what is added to the hidden states. The chunks' inputs, and the outputs with the weights
   * that the block has now, are held inside TensorFlow until `endTrials`: 8 · W bytes a token and part.
   * @param chunks hidden states before the block, all of the same size
   */
  beginTrials(part: TrialPart, chunks: Iterable<Float32Array>): void {
    this.#held.delete(part);
    for (const hidden of chunks) this.holdForTrials(part, hidden);
  }

  /** Adds a chunk to those that a part holds for its trials; for chunks that come one at a time. `endTrials` lets go of all. */
  holdForTrials(part: TrialPart, hidden: Float32Array): void {
    this.#session.run(this.#chunk(hidden), [this.#toHold(part, hidden)]);
  }

  /** Makes ready for one more chunk. @returns what to fetch so that it is held */
  #toHold(part: TrialPart, hidden: Float32Array): string {
    const held = this.#held.get(part) ?? 0;
    if (held === 0) this.#holdNothing(part, hidden.length / this.config.width);
    this.#held.set(part, held + 1);
    return BLOCK.hold(part);
  }

  /**
   * Σ(output − held output)² over all held tokens and W entries of each, with trial matrices in place of q, k and v, or of gate
   * and up; o, down and biases stay the block's. The mean is this over W · tokens. Float32 products; summed in float64.
   * @param read the trial matrices by their names, [outputs · W] each   @throws Error if no trials were begun
   */
  async trialError(part: TrialPart, read: ReadBlockWeight): Promise<number> {
    await this.useTrial(part, read);
    let error = 0;
    for (let chunk = 0; chunk < this.heldChunks(part); chunk++) error += total(this.tokenErrors(part, chunk));
    return error;
  }

  /** Puts trial matrices in place, for `tokenErrors`. @throws Error if no trials were begun */
  async useTrial(part: TrialPart, read: ReadBlockWeight): Promise<void> {
    this.heldChunks(part);
    const { variable, stands } = TRIAL_WEIGHTS[part];
    this.#assign(variable, await this.#stacked(BLOCK_VARIABLES[stands], read));
  }

  /** [N] what each token of a held chunk adds to the error of the trial matrices in place. */
  tokenErrors(part: TrialPart, chunk: number): Float32Array {
    return this.#fetch({ [BLOCK.trialChunk]: { shape: [], values: Int32Array.of(chunk) } }, BLOCK.errors(part));
  }

  /**
   * Puts the tokens that a part holds into another order and number of chunks; attention needs sequences that stay whole.
   * @param order [tokens] the place of each among all chunks as they were   @param chunks divides the number of tokens evenly
   */
  reorderTrials(part: TrialPart, order: Int32Array, chunks: number): void {
    const feeds = {
      [BLOCK.order]: { shape: [order.length], values: order },
      [BLOCK.chunkCount]: { shape: [1], values: Int32Array.of(chunks) },
    };
    this.#session.run(feeds, [BLOCK.reorder(part)]);
    this.#held.set(part, chunks);
  }

  /** How many chunks a part holds for trials. @throws Error if none */
  heldChunks(part: TrialPart): number {
    const held = this.#held.get(part) ?? 0;
    if (held === 0) throw new Error(`no trials of ${part} were begun`);
    return held;
  }

  /** Lets go what trials hold. */
  endTrials(parts: readonly TrialPart[] = TRIAL_PARTS): void {
    for (const part of parts) {
      this.#holdNothing(part, 0);
      this.#held.delete(part);
    }
  }

  close(): void {
    this.#session.close();
  }

  #holdNothing(part: TrialPart, tokens: number): void {
    const none = { shape: [0, this.config.width, tokens], values: new Float32Array(0) };
    this.#session.run({ [BLOCK.noChunks]: none }, [BLOCK.holdNothing(part)]);
  }

  #setPanel(set: string, value: HostArray): void {
    this.#session.run({ [BLOCK.value]: value }, [set]);
  }

  #assign(variable: string, value: HostArray): void {
    const { feed, done } = weightFeed(variable);
    this.#session.run({ [feed]: value }, [done]);
  }

  #chunk(hidden: Float32Array): Record<string, HostArray> {
    const { width } = this.config;
    const tokens = hidden.length / width;
    if (tokens === 0 || tokens % this.length !== 0) throw new Error(`${tokens} tokens are no whole sequences of ${this.length}`);
    return { [BLOCK.hidden]: { shape: [width, tokens], values: hidden } };
  }

  #fetch(feeds: Readonly<Record<string, HostArray>>, name: string): Float32Array {
    return floatsOf(this.#session.run(feeds, [name])[0]);
  }

  /** Matrices of equal width, one below the other; or a vector. */
  async #stacked(parts: readonly BlockWeightName[], read: ReadBlockWeight): Promise<HostArray> {
    const values = parts.length === 1 ? await read(parts[0]) : await joined(parts, read);
    const columns = this.#columns(parts[0]);
    return { shape: columns === undefined ? [values.length] : [values.length / columns, columns], values };
  }

  /** Inputs of a matrix; undefined of a vector. */
  #columns(name: BlockWeightName): number | undefined {
    const group = INPUT_GROUPS.find((each) => each === name);
    return group === undefined ? undefined : inputWidth(this.config, group);
  }
}

function floatsOf({ values }: Fetched): Float32Array {
  if (values instanceof Float32Array) return values;
  throw new Error("what was fetched is no float32");
}

const total = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0);

async function joined(parts: readonly BlockWeightName[], read: ReadBlockWeight): Promise<Float32Array> {
  const arrays: Float32Array[] = [];
  for (const part of parts) arrays.push(await read(part));
  const whole = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  arrays.reduce((at, array) => (whole.set(array, at), at + array.length), 0);
  return whole;
}

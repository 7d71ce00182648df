import { throwIfInterrupted } from "../core/errors.js";
import { breathe } from "../core/progress.js";
import { type Backend, resolveBackend } from "../tensor/backend.js";
import type { GraphSession } from "../tensor/eager-session.js";
import { sharedArrays } from "../tensor/shared-arrays.js";
import type { Feeds, Fetched, HostArray } from "../tensor/session.js";
import type { ModelConfig } from "./config.js";
import { BLOCK_VARIABLES, decoderGraph, type Precision } from "./decoder-graph.js";
import { CACHE, PROMPT, STEP, weightFeed } from "./decoder-names.js";
import { rotaryTables } from "./rotary.js";
import { originOf, type Weights } from "./weights.js";

/** One step of generation for a batch of B sequences. */
export interface Step {
  /** [B] the tokens that come next. */
  readonly tokens: Int32Array;
  /** [B] their positions, the prefix counted. */
  readonly positions: Int32Array;
  /** [B · (S + L)] 0 where an own key is seen, `HIDDEN` elsewhere; the prefix is seen by all. */
  readonly mask: Float32Array;
  /** The place in the tail where the new keys go. */
  readonly slot: number;
}

/** How a decoder is loaded. */
export interface LoadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Default "f32". */
  readonly precision?: Precision | undefined;
}

/**
 * A decoder inside TensorFlow: the weights of one variant and the keys and values of one batch. The cache has three parts:
 * a prefix of P positions that all sequences share, S positions of each sequence's own prompt (right-padded), and a tail of L.
 * Every call blocks; whoever calls keeps it short.
 */
export class Decoder {
  readonly config: ModelConfig;
  /** What computes, for records: "tensorflow-cpu", "wasm", …. */
  readonly backend: string;
  readonly #session: GraphSession;
  #weights: Weights | undefined;
  /** Whose weights stand in each variable, one for each of its parts. */
  readonly #origins = new Map<string, readonly Weights[]>();
  #tail = 0;

  private constructor(config: ModelConfig, backend: Backend, precision: Precision) {
    this.config = config;
    this.backend = backend.label;
    this.#session = backend.open(decoderGraph(config, precision));
  }

  /** Builds the graph, hands all weights over, starts with an empty prefix. */
  static async load(config: ModelConfig, weights: Weights, { signal, precision = "f32" }: LoadOptions = {}): Promise<Decoder> {
    const decoder = new Decoder(config, await resolveBackend(), precision);
    try {
      const { cosines, sines } = rotaryTables(config, config.context);
      const shape = [config.context, config.headWidth];
      const [cosineFeed, sineFeed] = [weightFeed("cosines"), weightFeed("sines")];
      decoder.#session.run({ [cosineFeed.feed]: { shape, values: cosines }, [sineFeed.feed]: { shape, values: sines } }, [
        cosineFeed.done,
        sineFeed.done,
      ]);
      await decoder.use(weights, signal);
      decoder.dropPrefix();
    } catch (error) {
      decoder.close();
      throw error;
    }
    return decoder;
  }

  /**
   * Takes other weights of the same shapes. Variables that hold the numbers already, by their origin, are not sent again; where it
   * ends early, the decoder answers nothing until a later call has completed the weights.
   */
  async use(weights: Weights, signal?: AbortSignal): Promise<void> {
    if (weights === this.#weights) return;
    this.#weights = undefined; // a half-changed model must never answer
    const changed = variables(this.config).filter((variable) => !this.#holds(variable, weights));
    for (const group of groups(changed, weights)) {
      throwIfInterrupted(signal);
      const feeds: Record<string, HostArray> = {};
      const arrays = sharedArrays(group.map(({ parts }) => floats(weights, parts)));
      for (const [i, { name, parts }] of group.entries()) {
        feeds[weightFeed(name).feed] = await stacked(weights, parts, arrays[i]);
      }
      for (const { name } of group) this.#origins.delete(name); // unknown, should the call fail
      this.#session.run(
        feeds,
        group.map(({ name }) => weightFeed(name).done),
      );
      for (const { name, parts } of group) this.#origins.set(name, originsOf(weights, parts));
      await breathe();
    }
    this.#weights = weights;
  }

  #holds({ name, parts }: VariableParts, weights: Weights): boolean {
    const held = this.#origins.get(name);
    return held !== undefined && originsOf(weights, parts).every((origin, i) => origin === held[i]);
  }

  /** Forgets the shared prefix. */
  dropPrefix(): void {
    const { kvHeads, headWidth } = this.config;
    this.#session.run({ [CACHE.noPrefix]: { shape: [kvHeads, 0, headWidth], values: new Float32Array(0) } }, [CACHE.unshare]);
  }

  /** Makes the prefix longer by some tokens. */
  extendPrefix(tokens: readonly number[]): void {
    this.#session.run(tokenFeeds([tokens], tokens.length), [PROMPT.extend]);
  }

  /**
   * Reads prompts behind the prefix and keeps their keys and values: instead of the own cache's rows, or below them, the shorter
   * of the two padded.
   * @param width the length all rows are padded to  @returns [rows] the likeliest next token of each
   */
  prompt(rows: readonly (readonly number[])[], options: { width: number; append: boolean }): Int32Array {
    const [next] = this.#run(promptFeeds(rows, options.width), [PROMPT.next, options.append ? PROMPT.append : PROMPT.keep]);
    return Int32Array.from(next.values);
  }

  /** The same, but returns the next tokens' logits, [rows · V]: to draw from them. */
  promptLogits(rows: readonly (readonly number[])[], options: { width: number; append: boolean }): Float32Array {
    const [logits] = this.#run(promptFeeds(rows, options.width), [PROMPT.logits, options.append ? PROMPT.append : PROMPT.keep]);
    return Float32Array.from(logits.values);
  }

  /**
   * Log-probabilities of tokens behind the prefix. Rows are padded to the longest, T; of `targets[i]` after the token at
   * `rows[i]`, which counts T a row.
   * @param extend the tokens, of one row only, also become part of the prefix
   */
  score(rows: readonly (readonly number[])[], at: { rows: Int32Array; targets: Int32Array; extend: boolean }): Float32Array {
    const width = Math.max(...rows.map(({ length }) => length));
    const [shape, feeds] = [[at.rows.length], tokenFeeds(rows, width)];
    const [scores] = this.#run(
      { ...feeds, [PROMPT.rows]: { shape, values: at.rows }, [PROMPT.targets]: { shape, values: at.targets } },
      at.extend ? [PROMPT.logProbabilities, PROMPT.extend] : [PROMPT.logProbabilities],
    );
    return Float32Array.from(scores.values);
  }

  /**
   * Logits behind the prefix at every position of one text: [T · V]. For comparisons; answers don't need them.
   * @param extend the tokens also become part of the prefix
   */
  logits(tokens: readonly number[], { extend = false } = {}): Float32Array {
    const rows = { shape: [tokens.length], values: Int32Array.from(tokens.keys()) };
    const fetches = extend ? [PROMPT.logits, PROMPT.extend] : [PROMPT.logits];
    const [logits] = this.#run({ ...tokenFeeds([tokens], tokens.length), [PROMPT.rows]: rows }, fetches);
    return Float32Array.from(logits.values);
  }

  /** Starts an empty tail of `length` places for `batch` sequences. */
  startTail(batch: number, length: number): void {
    const { kvHeads, headWidth } = this.config;
    const shape = [batch, kvHeads, length, headWidth];
    const values = new Float32Array(batch * kvHeads * length * headWidth);
    this.#session.run({ [CACHE.emptyTail]: { shape, values } }, [CACHE.clearTail]);
    this.#tail = length;
  }

  /** One token for each sequence; its keys go into the tail. @returns [B] the likeliest next tokens */
  step(step: Step): Int32Array {
    const [next] = this.#run(this.#stepFeeds(step), [STEP.next, STEP.keep]);
    return Int32Array.from(next.values);
  }

  /** The same, but returns the next tokens' logits, [B · V]: to draw from them. */
  stepLogits(step: Step): Float32Array {
    const [logits] = this.#run(this.#stepFeeds(step), [STEP.logits, STEP.keep]);
    return Float32Array.from(logits.values);
  }

  #stepFeeds({ tokens, positions, mask, slot }: Step): Feeds {
    const batch = tokens.length;
    const oneHot = new Float32Array(this.#tail);
    oneHot[slot] = 1;
    return {
      [STEP.tokens]: { shape: [batch], values: tokens },
      [STEP.positions]: { shape: [batch], values: positions },
      [STEP.mask]: { shape: [batch, mask.length / batch], values: mask },
      [STEP.slot]: { shape: [this.#tail], values: oneHot },
    };
  }

  /**
   * Puts the tail behind the own caches, goes on with some sequences only, and closes gaps: row i becomes row `rows[i]`, its
   * S' positions those at `places[i · S' …]` of the S + L that there were.
   */
  arrange(rows: readonly number[], places: Int32Array): void {
    this.#session.run(
      {
        [CACHE.rows]: { shape: [rows.length], values: Int32Array.from(rows) },
        [CACHE.places]: { shape: [rows.length, places.length / rows.length], values: places },
      },
      [CACHE.arrange],
    );
  }

  #run(feeds: Feeds, fetches: readonly string[]): Fetched[] {
    if (this.#weights === undefined) throw new Error("the decoder's weights are incomplete: load a variant again");
    return this.#session.run(feeds, fetches);
  }

  close(): void {
    this.#session.close();
  }
}

interface VariableParts {
  readonly name: string;
  readonly parts: readonly string[];
}

/** Which variables there are, and the weights that stand in each. */
function variables({ blocks, tiedOutput, qkvBias }: ModelConfig): VariableParts[] {
  const inBlock = Object.entries(BLOCK_VARIABLES).filter(([name]) => name !== "qkvBias" || qkvBias === true);
  const block = (index: number): VariableParts[] =>
    inBlock.map(([name, parts]) => ({
      name: `blocks.${index}.${name}`,
      parts: parts.map((part) => `blocks.${index}.${part}`),
    }));
  const whole = ["embedding", "outputNorm", ...(tiedOutput ? [] : ["output"])].map((name) => ({ name, parts: [name] }));
  return [...whole, ...Array.from({ length: blocks }, (_, index) => block(index)).flat()];
}

/** Variables in groups of at most 32 MiB: TensorFlow prepares each one's call anew (100 ms), and what is read for it stands in memory twice. */
function groups(changed: readonly VariableParts[], weights: Weights): VariableParts[][] {
  const result: VariableParts[][] = [];
  let room = 0;
  for (const variable of changed) {
    const size = floats(weights, variable.parts);
    if (size > room || result.length === 0) {
      result.push([]);
      room = GROUP_FLOATS;
    }
    result[result.length - 1].push(variable);
    room -= size;
  }
  return result;
}

const GROUP_FLOATS = 8 * 2 ** 20;
const originsOf = (weights: Weights, parts: readonly string[]): Weights[] => parts.map((part) => originOf(weights, part));
const volume = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
const floats = (weights: Weights, parts: readonly string[]): number =>
  parts.reduce((sum, part) => sum + volume(weights.shape(part)), 0);

/** Matrices with equal rows, one below the other, in `whole`. */
async function stacked(weights: Weights, parts: readonly string[], whole: Float32Array): Promise<HostArray> {
  const [, ...inner] = weights.shape(parts[0]);
  let at = 0;
  for (const part of parts) {
    const values = await weights.read(part);
    whole.set(values, at);
    at += values.length;
  }
  return { shape: [whole.length / volume(inner), ...inner], values: whole };
}

function tokenFeeds(rows: readonly (readonly number[])[], width: number): Feeds {
  const values = new Int32Array(rows.length * width);
  rows.forEach((row, b) => values.set(row, b * width));
  return { [PROMPT.tokens]: { shape: [rows.length, width], values } };
}

/** Tokens, and the rows of their last ones. */
function promptFeeds(rows: readonly (readonly number[])[], width: number): Feeds {
  const last = Int32Array.from(rows, (row, b) => b * width + row.length - 1);
  return { ...tokenFeeds(rows, width), [PROMPT.rows]: { shape: [rows.length], values: last } };
}

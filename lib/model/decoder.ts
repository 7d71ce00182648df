import { throwIfInterrupted } from "../core/errors.js";
import { breathe } from "../core/progress.js";
import { type Feeds, Session } from "../tensor/session.js";
import type { ModelConfig } from "./config.js";
import { BLOCK_VARIABLES, CACHE, decoderGraph, HIDDEN, PROMPT, STEP, weightFeed } from "./decoder-graph.js";
import { rotaryTables } from "./rotary.js";
import type { Weights } from "./weights.js";

/** One step of generation for a batch of B sequences. */
export interface Step {
  /** [B] the tokens that come next. */
  readonly tokens: Int32Array;
  /** [B] their positions, the prefix counted. */
  readonly positions: Int32Array;
  /** [B · (P + S + L)] 0 where a key is seen, `HIDDEN` elsewhere. */
  readonly mask: Float32Array;
  /** The place in the tail where the new keys go. */
  readonly slot: number;
}

/**
 * A decoder inside TensorFlow: the weights of one variant and the keys and values of one batch. The cache has three parts:
 * a prefix of P positions that all sequences share, S positions of each sequence's own prompt (right-padded), and a tail of L.
 * Every call blocks; whoever calls keeps it short.
 */
export class Decoder {
  readonly config: ModelConfig;
  readonly #session: Session;
  #weights: Weights | undefined;
  #tail = 0;

  private constructor(config: ModelConfig) {
    this.config = config;
    this.#session = Session.load(decoderGraph(config));
  }

  /** Builds the graph, hands all weights over, starts with an empty prefix. */
  static async load(config: ModelConfig, weights: Weights, signal?: AbortSignal): Promise<Decoder> {
    const decoder = new Decoder(config);
    try {
      const { cosines, sines } = rotaryTables(config, config.context);
      decoder.#set("cosines", [config.context, config.headWidth], cosines);
      decoder.#set("sines", [config.context, config.headWidth], sines);
      await decoder.use(weights, signal);
      decoder.dropPrefix();
    } catch (error) {
      decoder.close();
      throw error;
    }
    return decoder;
  }

  /** Takes other weights of the same shapes; those that are the same object's are not sent again. */
  async use(weights: Weights, signal?: AbortSignal): Promise<void> {
    if (weights === this.#weights) return;
    this.#weights = undefined; // a half-changed model must never answer
    for (const { name, parts } of variables(this.config)) {
      throwIfInterrupted(signal);
      const read = await Promise.all(parts.map((part) => weights.read(part)));
      const [, ...inner] = weights.shape(parts[0]);
      const values = read.length === 1 ? read[0] : joined(read);
      const width = inner.reduce((product, size) => product * size, 1);
      this.#set(name, [values.length / width, ...inner], values);
      await breathe();
    }
    this.#weights = weights;
  }

  #set(name: string, shape: readonly number[], values: Float32Array): void {
    const { feed, done } = weightFeed(name);
    this.#session.run({ [feed]: { shape, values } }, [done]);
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
   * Reads prompts behind the prefix and keeps their keys and values: instead of the own cache's rows, or behind them.
   * @param width the length all rows are padded to  @returns [rows] the likeliest next token of each
   */
  prompt(rows: readonly (readonly number[])[], { width, append }: { width: number; append: boolean }): Int32Array {
    const last = Int32Array.from(rows, (row, b) => b * width + row.length - 1);
    const feeds = { ...tokenFeeds(rows, width), [PROMPT.rows]: { shape: [rows.length], values: last } };
    const [next] = this.#run(feeds, [PROMPT.next, append ? PROMPT.append : PROMPT.keep]);
    return Int32Array.from(next.values);
  }

  /**
   * Log-probabilities of tokens behind the prefix: of `targets[i]` after the token at `rows[i]` of `tokens`.
   * @param extend the tokens also become part of the prefix
   */
  score(tokens: readonly number[], at: { rows: Int32Array; targets: Int32Array; extend: boolean }): Float32Array {
    const [shape, feeds] = [[at.rows.length], tokenFeeds([tokens], tokens.length)];
    const [scores] = this.#run(
      { ...feeds, [PROMPT.rows]: { shape, values: at.rows }, [PROMPT.targets]: { shape, values: at.targets } },
      at.extend ? [PROMPT.logProbabilities, PROMPT.extend] : [PROMPT.logProbabilities],
    );
    return Float32Array.from(scores.values);
  }

  /** Logits behind the prefix at every position of one text: [T · V]. For comparisons; answers don't need them. */
  logits(tokens: readonly number[]): Float32Array {
    const rows = { shape: [tokens.length], values: Int32Array.from(tokens.keys()) };
    const [logits] = this.#run({ ...tokenFeeds([tokens], tokens.length), [PROMPT.rows]: rows }, [PROMPT.logits]);
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
  step({ tokens, positions, mask, slot }: Step): Int32Array {
    const batch = tokens.length;
    const oneHot = new Float32Array(this.#tail);
    oneHot[slot] = 1;
    const feeds: Feeds = {
      [STEP.tokens]: { shape: [batch], values: tokens },
      [STEP.positions]: { shape: [batch], values: positions },
      [STEP.mask]: { shape: [batch, mask.length / batch], values: mask },
      [STEP.slot]: { shape: [this.#tail], values: oneHot },
    };
    const [next] = this.#run(feeds, [STEP.next, STEP.keep]);
    return Int32Array.from(next.values);
  }

  /** Goes on with some of the sequences only, by their rows. */
  select(rows: readonly number[]): void {
    this.#session.run({ [CACHE.rows]: { shape: [rows.length], values: Int32Array.from(rows) } }, [CACHE.select]);
  }

  /** Puts the full tail behind the own prompts: S grows by L. */
  fold(): void {
    this.#session.run({}, [CACHE.fold]);
  }

  #run(feeds: Feeds, fetches: readonly string[]) {
    if (this.#weights === undefined) throw new Error("the decoder's weights are incomplete: load a variant again");
    return this.#session.run(feeds, fetches);
  }

  close(): void {
    this.#session.close();
  }
}

/** A mask of one value. */
export const maskOf = (length: number, value: 0 | typeof HIDDEN): Float32Array => new Float32Array(length).fill(value);

/** Which variables there are, and the weights that stand in each. */
function variables({ blocks, tiedOutput }: ModelConfig): { readonly name: string; readonly parts: readonly string[] }[] {
  const block = (index: number): { name: string; parts: string[] }[] =>
    Object.entries(BLOCK_VARIABLES).map(([name, parts]) => ({
      name: `blocks.${index}.${name}`,
      parts: parts.map((part) => `blocks.${index}.${part}`),
    }));
  const whole = ["embedding", "outputNorm", ...(tiedOutput ? [] : ["output"])].map((name) => ({ name, parts: [name] }));
  return [...whole, ...Array.from({ length: blocks }, (_, index) => block(index)).flat()];
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function tokenFeeds(rows: readonly (readonly number[])[], width: number): Feeds {
  const values = new Int32Array(rows.length * width);
  rows.forEach((row, b) => values.set(row, b * width));
  return { [PROMPT.tokens]: { shape: [rows.length, width], values } };
}

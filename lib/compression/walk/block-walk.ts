import { throwIfInterrupted } from "../../core/errors.js";
import { breathe } from "../../core/progress.js";
import { SHARED_INPUTS, siteName } from "../../model/linear-sites.js";
import type { LinearKind } from "../../model/linear-sites.js";
import { BlockRunner, INPUT_GROUPS } from "../../model/index.js";
import type { InputGroup, SumKind, SumRequest } from "../../model/index.js";
import type { Model } from "../../model/model.js";
import type { Weights } from "../../model/weights.js";
import type { CalibrationSet } from "../calibration/calibration-set.js";
import type { BlockVector, InputStatistics } from "../method.js";
import { openActivations } from "./activation-store.js";
import type { ActivationStore } from "./activation-store.js";
import { type FirstBlockSums, firstBlockSums } from "./first-block-sums.js";
import { embedChunk } from "./embed-chunk.js";
import { HeldBlock } from "./held-block.js";

/** How a walk goes. Results depend on `chunkTokens` only through the order in which float32 sums are added up. */
export interface WalkOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes of activations held in memory at most; more go into a temporary file. Default 1 GiB. */
  readonly activationBytes?: number | undefined;
  /** Tokens that run through a block at once, at least one sequence. Default 1,024. */
  readonly chunkTokens?: number | undefined;
}

const ACTIVATION_BYTES = 2 ** 30;
const CHUNK_TOKENS = 1024;

/**
 * The calibration set's way through the model, block by block: what it looks like in front of a block, the statistics of that
 * block's inputs, and on to the next block through the weights it ends up with. One block's weights and the activations are in
 * memory. Frantar et al. 2023 (GPTQ), section 4: each block's inputs come from the compressed blocks before it.
 */
export class BlockWalk {
  readonly runner: BlockRunner;
  readonly #weights: Weights;
  readonly #held: HeldBlock;
  readonly #set: CalibrationSet;
  readonly #hidden: ActivationStore;
  readonly #firstBlock: FirstBlockSums;
  readonly #signal: AbortSignal | undefined;
  #block = 0;
  /** Sums that TensorFlow holds for the block at hand. */
  #sums: SumRequest | undefined;

  private constructor(
    model: Model,
    given: { set: CalibrationSet; runner: BlockRunner; hidden: ActivationStore; signal: AbortSignal | undefined },
  ) {
    this.runner = given.runner;
    this.#weights = model.weights;
    this.#held = new HeldBlock(model.weights);
    this.#set = given.set;
    this.#hidden = given.hidden;
    this.#firstBlock = firstBlockSums(model);
    this.#signal = given.signal;
  }

  /** In front of the first block: the tokens' embeddings. */
  static async open(model: Model, set: CalibrationSet, options: WalkOptions = {}): Promise<BlockWalk> {
    const { signal, activationBytes = ACTIVATION_BYTES, chunkTokens = CHUNK_TOKENS } = options;
    const sequences = sequencesAtOnce(set, chunkTokens);
    const size = { chunks: set.samples / sequences, floats: model.config.width * sequences * set.length };
    const hidden = await openActivations({ ...size, limitBytes: activationBytes });
    try {
      for (let chunk = 0; chunk < hidden.chunks; chunk++) {
        throwIfInterrupted(signal);
        const tokens = set.tokens.subarray(chunk * sequences * set.length, (chunk + 1) * sequences * set.length);
        await hidden.write(chunk, await embedChunk(model, tokens));
      }
      return new BlockWalk(model, { set, runner: await BlockRunner.open(model.config, set.length), hidden, signal });
    } catch (error) {
      await hidden.close();
      throw error;
    }
  }

  /** The block that the activations stand in front of. */
  get block(): number {
    return this.#block;
  }

  /** Tokens of the whole set. */
  get tokens(): number {
    return this.#set.tokens.length;
  }

  /** Hidden states in front of the block, chunk by chunk, each [W, tokens]. */
  async *chunks(): AsyncGenerator<Float32Array, void, void> {
    for (let chunk = 0; chunk < this.#hidden.chunks; chunk++) yield this.#hidden.read(chunk);
  }

  /** Puts the block's dense weights into the runner. */
  useDense(): Promise<void> {
    return this.runner.use((name) => this.#held.read(`blocks.${this.#block}.${name}`));
  }

  /** A matrix of the block as it is in the model; nobody writes to it. */
  dense(kind: LinearKind): Promise<Float32Array> {
    return this.#held.read(siteName(this.#block, kind));
  }

  /** Takes a matrix that the block has from now on, for `advance`; nobody writes to it. */
  replace(kind: LinearKind, values: Float32Array): void {
    this.#held.replace(siteName(this.#block, kind), values);
  }

  /** One of the block's vectors; undefined where the model has none of this name. */
  async denseVector(name: BlockVector): Promise<Float32Array | undefined> {
    const full = `blocks.${this.#block}.${name}`;
    return this.#weights.names.includes(full) ? this.#weights.read(full) : undefined;
  }

  /**
   * Sums up what the dense block's linear layers see; nothing of the block behind the last of them is computed. In front of the
   * first block every recipe sees the same: its sums are kept for the next walk with this model and set.
   */
  async gather(kinds: readonly LinearKind[], kind: SumKind): Promise<void> {
    const groups = INPUT_GROUPS.filter((group) => kinds.some((each) => groupOf(each) === group));
    this.#sums = { kind, groups };
    const key = `${this.#set.digest} ${kind} ${groups.join()} ${this.#hidden.chunks}`;
    if (this.#block === 0 && this.#firstBlock.restoreInto(this.runner, this.#sums, key)) return;
    await this.useDense();
    for (let chunk = 0; chunk < this.#hidden.chunks; chunk++) {
      throwIfInterrupted(this.#signal);
      this.runner.addToSums(await this.#hidden.read(chunk), this.#sums, chunk === 0);
      await breathe();
    }
    if (this.#block === 0) this.#firstBlock.keep(this.runner, this.#sums, key);
  }

  /** What was summed up of a layer's inputs. @throws Error if nothing was gathered for it */
  statistics(kind: LinearKind): InputStatistics {
    const [group, sums] = [groupOf(kind), this.#sums];
    if (sums === undefined || !sums.groups.includes(group))
      throw new Error(`nothing gathered for ${siteName(this.#block, kind)}`);
    const tokens = this.#set.tokens.length;
    if (sums.kind === "squares") {
      const meanSquares = this.runner.sums(group, "squares", 1 / tokens);
      return { width: meanSquares.length, tokens, meanSquares };
    }
    const hessian = this.runner.sums(group, "products", 2 / tokens);
    const width = Math.sqrt(hessian.length);
    const meanSquares = Float32Array.from({ length: width }, (_, i) => hessian[i * width + i] / 2);
    return { width, tokens, meanSquares, hessian };
  }

  /**
   * ‖(W′ − W)X‖ / ‖WX‖ of one of the block's layers; null where no products of its inputs were gathered, 0 for outputs that are 0.
   * @param before W, [O · I]   @param after W′
   */
  outputError(kind: LinearKind, before: Float32Array, after: Float32Array): number | null {
    const group = groupOf(kind);
    if (this.#sums?.kind !== "products" || !this.#sums.groups.includes(group)) return null;
    const { outputs, differences } = this.runner.squaredOutputs(group, before, after);
    return outputs > 0 ? Math.sqrt(Math.max(0, differences) / outputs) : 0; // products of float32 may round a tiny sum below 0
  }

  /** Lets go of the block's sums, and goes through the block as it now is. @param weights with the compressed block */
  async advance(weights: Weights): Promise<void> {
    this.dropSums();
    const block = this.#block;
    await this.runner.use(async (name) => {
      const full = `blocks.${block}.${name}`;
      return this.#held.replaced(full) ?? (await weights.read(full));
    });
    this.#held.clear();
    for (let chunk = 0; chunk < this.#hidden.chunks; chunk++) {
      throwIfInterrupted(this.#signal);
      await this.#hidden.write(chunk, this.runner.output(await this.#hidden.read(chunk)));
      await breathe();
    }
    this.#block = block + 1;
  }

  /** Lets go of the block's sums. */
  dropSums(): void {
    for (const group of this.#sums?.groups ?? []) if (this.#sums !== undefined) this.runner.dropSums(group, this.#sums.kind);
    this.#sums = undefined;
  }

  async close(): Promise<void> {
    this.runner.close();
    await this.#hidden.close();
  }
}

/** The input that a layer shares, by the first of those that see it. */
export function groupOf(kind: LinearKind): InputGroup {
  const first = SHARED_INPUTS.find((sharing) => sharing.includes(kind))?.[0];
  const group = INPUT_GROUPS.find((each) => each === first);
  if (group === undefined) throw new Error(`no input of ${kind}`);
  return group;
}

/** The most sequences that divide the set evenly and have no more tokens than wanted, so that all chunks have one size. */
function sequencesAtOnce({ samples, length }: CalibrationSet, chunkTokens: number): number {
  const most = Math.max(1, Math.min(samples, Math.floor(chunkTokens / length)));
  for (let count = most; count > 1; count--) if (samples % count === 0) return count;
  return 1;
}

import { join } from "node:path";

import { InputError } from "../../core/errors.js";
import { fileDigest, PartialEntry } from "../../formats/index.js";
import { blockFileName, readFinished, reportsFileName, SUMMARY, writeFigures, writeFinished } from "../variant-files.js";
import type { FinishedBlock, StoredVariant } from "../variant-files.js";

/**
 * A variant under way: the blocks that are finished stay where a killed or interrupted run left them, each checked by its hash,
 * and the next run with the same identity goes on behind them.
 */
export class VariantDraft {
  readonly #entry: PartialEntry;
  readonly #blocks: FinishedBlock[] = [];

  private constructor(entry: PartialEntry) {
    this.#entry = entry;
  }

  /** Takes up a draft. @throws InputError if another process works on it */
  static async open(name: string): Promise<VariantDraft> {
    const draft = new VariantDraft(await PartialEntry.open(name, "compression"));
    for (let found = await draft.#found(0); found !== undefined; found = await draft.#found(draft.blocks))
      draft.#blocks.push(found);
    return draft;
  }

  /** Where blocks are written. */
  get folder(): string {
    return this.#entry.folder;
  }

  /** How many blocks are finished, from the first on. */
  get blocks(): number {
    return this.#blocks.length;
  }

  /** Removes what an interrupted run left of a block, which is made next. */
  clear = (block: number): Promise<void> => this.#entry.remove(blockFileName(block));

  /** Notes that a block's file is whole. */
  async finish(block: number, finished: FinishedBlock): Promise<void> {
    if (block !== this.blocks) throw new Error(`block ${block} is finished behind ${this.blocks} others`);
    await writeFinished(this.folder, block, finished);
    for (const name of [reportsFileName(block), blockFileName(block)]) {
      await this.#entry.finished(name, await fileDigest(join(this.folder, name)));
    }
    this.#blocks.push(finished);
  }

  /** Puts the variant in its place. @returns its folder */
  async publish(summarized: (blocks: readonly FinishedBlock[]) => StoredVariant): Promise<string> {
    await writeFigures(this.folder, summarized(this.#blocks));
    await this.#entry.finished(SUMMARY, await fileDigest(join(this.folder, SUMMARY)));
    return this.#entry.publish();
  }

  /** Lets go of it: finished blocks stay for the next run. */
  release = (): Promise<void> => this.#entry.releaseOrRemove();

  async #found(block: number): Promise<FinishedBlock | undefined> {
    if (!(await this.#entry.has(blockFileName(block))) || !(await this.#entry.has(reportsFileName(block)))) return undefined;
    return readFinished(this.folder, block).catch((error: unknown) => {
      if (error instanceof InputError) return undefined; // made again
      throw error;
    });
  }
}

import { LINEAR_KINDS, siteName } from "../../model/linear-sites.js";
import type { Weights } from "../../model/weights.js";

/** Blocks beyond this are read again whenever they are wanted: one of a 7B model has 0.8 GB. */
const LARGEST_BYTES = 2 ** 27;

/** What is at hand of one block of a model: weights that were read, and what became of them. Of a large block nothing is held. */
export class HeldBlock {
  readonly #weights: Weights;
  readonly #isLarge: boolean;
  readonly #read = new Map<string, Float32Array>();
  readonly #made = new Map<string, Float32Array>();

  constructor(weights: Weights) {
    this.#weights = weights;
    const sizes = LINEAR_KINDS.map((kind) => weights.shape(siteName(0, kind)).reduce((product, size) => product * size, 4));
    this.#isLarge = sizes.reduce((sum, size) => sum + size, 0) > LARGEST_BYTES;
  }

  /** A weight as it is in the model; nobody writes to it. */
  async read(name: string): Promise<Float32Array> {
    const values = this.#read.get(name) ?? (await this.#weights.read(name));
    if (!this.#isLarge) this.#read.set(name, values);
    return values;
  }

  /** Takes a matrix that stands in a weight's place from now on; nobody writes to it. */
  replace(name: string, values: Float32Array): void {
    this.#read.delete(name);
    if (!this.#isLarge) this.#made.set(name, values);
  }

  /** What stands in a weight's place; undefined where it isn't held. */
  replaced(name: string): Float32Array | undefined {
    return this.#made.get(name);
  }

  /** Lets go of all. */
  clear(): void {
    this.#read.clear();
    this.#made.clear();
  }
}

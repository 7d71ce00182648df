/**
 * A model's matrices and vectors by name, read when asked for, float32 row-major. Linear layers are [outputs, inputs].
 * Names: `embedding`, `blocks.N.{q,k,v,o,gate,up,down}`, `blocks.N.attentionNorm`, `blocks.N.feedForwardNorm`, `outputNorm`,
 * and `output` where it is not tied to the embedding; `blocks.N.{qBias,kBias,vBias}` in architectures that have them.
 */
export interface Weights {
  readonly names: readonly string[];
  /** @throws Error if there is no such weight */
  shape(name: string): readonly number[];
  /** A fresh array or one that nobody writes to. */
  read(name: string): Promise<Float32Array>;
  /** Some rows of the embedding, one below the other; absent where only the whole can be read. */
  readonly embeddings?: ((tokens: readonly number[]) => Promise<Float32Array>) | undefined;
  /** Whose a weight is, where some are another's: what has the same origin has the same numbers. Absent: all are its own. */
  readonly origin?: ((name: string) => Weights) | undefined;
}

/** The weights that a weight is read from in the end. */
export const originOf = (weights: Weights, name: string): Weights => weights.origin?.(name) ?? weights;

/** How many numbers a model's weights are. */
export const countParameters = (weights: Weights): number =>
  weights.names.reduce((sum, name) => sum + weights.shape(name).reduce((product, size) => product * size, 1), 0);

/** `base` with some weights replaced; what is not replaced is shared. */
export function overlay(base: Weights, names: ReadonlySet<string>, read: (name: string) => Promise<Float32Array>): Weights {
  const own: Weights = {
    names: base.names,
    shape: (name) => base.shape(name),
    read: (name) => (names.has(name) ? read(name) : base.read(name)),
    embeddings: names.has("embedding") ? undefined : base.embeddings,
    origin: (name) => (names.has(name) ? own : originOf(base, name)),
  };
  return own;
}

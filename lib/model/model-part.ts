import { LINEAR_KINDS, type LinearKind } from "./linear-sites.js";
import { originOf, type Weights } from "./weights.js";

/** A part of a model: whole blocks with their norms, or one kind of matrix in every block. */
export type ModelPart =
  | { readonly kind: "blocks"; readonly blocks: readonly number[] }
  | { readonly kind: "matrices"; readonly matrices: readonly LinearKind[] };

/** Whether a weight, by its name, belongs to a part. */
export function isInPart(part: ModelPart, name: string): boolean {
  const [, block, weight] = /^blocks\.(\d+)\.(\w+)$/.exec(name) ?? [];
  if (block === undefined) return false;
  return part.kind === "blocks" ? part.blocks.includes(Number(block)) : part.matrices.some((matrix) => matrix === weight);
}

/** A part's name: "block 3", "blocks 0, 1", "q in all blocks". */
export function partName(part: ModelPart): string {
  if (part.kind === "matrices") return `${part.matrices.join(", ")} in all blocks`;
  return `${part.blocks.length === 1 ? "block" : "blocks"} ${part.blocks.join(", ")}`;
}

/** All parts of a model: each of its blocks, or each kind of matrix. */
export const modelParts = (by: "block" | "matrix", blocks: number): ModelPart[] =>
  by === "block"
    ? Array.from({ length: blocks }, (_, block) => ({ kind: "blocks", blocks: [block] }))
    : LINEAR_KINDS.map((kind) => ({ kind: "matrices", matrices: [kind] }));

/**
 * Weights with one part as others have it: `restored(compressed, dense, part)` takes the part's compression back,
 * `restored(dense, compressed, part)` compresses that part alone. What is not of the part is shared, and so is what is.
 */
export function restored(weights: Weights, others: Weights, part: ModelPart): Weights {
  const sideOf = (name: string): Weights => (isInPart(part, name) ? others : weights);
  return {
    names: weights.names,
    shape: (name) => sideOf(name).shape(name),
    read: (name) => sideOf(name).read(name),
    embeddings: weights.embeddings,
    origin: (name) => originOf(sideOf(name), name),
  };
}

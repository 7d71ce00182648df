/** The seven linear layers of a decoder block, in the order in which they run. */
export const LINEAR_KINDS = ["q", "k", "v", "o", "gate", "up", "down"] as const;

/** Which of a block's linear layers. */
export type LinearKind = (typeof LINEAR_KINDS)[number];

/** Linear layers of a block that see the same input, by the first of them. */
export const SHARED_INPUTS: readonly (readonly LinearKind[])[] = [["q", "k", "v"], ["o"], ["gate", "up"], ["down"]];

/** The name of a linear layer in `Weights`: "blocks.3.down". */
export const siteName = (block: number, kind: LinearKind): string => `blocks.${block}.${kind}`;

/** The names of all linear layers of a model, block by block. */
export const allSites = (blocks: number): string[] =>
  Array.from({ length: blocks }, (_, block) => LINEAR_KINDS.map((kind) => siteName(block, kind))).flat();

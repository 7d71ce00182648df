/** Sizes of a model beyond these are refused before anything is allocated. */
export const LIMITS = {
  blocks: 1_024,
  width: 65_536,
  hidden: 524_288,
  heads: 1_024,
  vocabulary: 2_097_152,
  context: 16_777_216,
} as const;

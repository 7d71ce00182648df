import type { Claim } from "./claim.js";
import { pruningClaims } from "./pruning.js";
import { quantizationClaims } from "./quantization.js";
import { sizeClaims } from "./sizes.js";
import { tradeOffClaims } from "./trade-offs.js";

/** THE LIST of claims, by their number in the paper's list. */
export const CLAIMS: readonly Claim[] = [...tradeOffClaims, ...quantizationClaims, ...pruningClaims, ...sizeClaims].sort(
  (a, b) => a.number - b.number,
);

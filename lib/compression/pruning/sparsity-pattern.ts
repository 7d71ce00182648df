import { InputError } from "../../core/errors.js";
import type { ModelConfig } from "../../model/config.js";
import { inputWidths } from "../input-widths.js";

/** Which weights may go: any share of a layer, or all but `keep` of each `of` consecutive inputs. */
export type SparsityPattern =
  | { readonly kind: "unstructured"; /** share pruned, between 0 and 1 */ readonly ratio: number }
  | { readonly kind: "n:m"; readonly keep: number; readonly of: number };

const PERCENT = /^(\d{1,2}(?:\.\d{1,4})?)%$/;
const N_OF_M = /^(\d{1,3}):(\d{1,3})$/;
const LARGEST_M = 64;

/** @param text "50%" or "2:4", "4:8"   @throws InputError that says what a pattern looks like */
export function parsePattern(where: string, text: string): SparsityPattern {
  const percent = PERCENT.exec(text);
  if (percent !== null && Number(percent[1]) > 0) return { kind: "unstructured", ratio: Number(percent[1]) / 100 };
  const [keep, of] = N_OF_M.exec(text)?.slice(1).map(Number) ?? [0, 0];
  if (keep >= 1 && keep < of && of <= LARGEST_M) return { kind: "n:m", keep, of };
  throw new InputError({
    where: `${where}, pattern`,
    found: JSON.stringify(text.slice(0, 40)),
    expected: `a share pruned between 0% and 100% ("50%"), or n:m with n weights kept of each m up to ${LARGEST_M} ("2:4", "4:8")`,
  });
}

/** The one way to write a pattern: "50%", "2:4". */
export function formatPattern(pattern: SparsityPattern): string {
  return pattern.kind === "n:m" ? `${pattern.keep}:${pattern.of}` : `${Number((100 * pattern.ratio).toFixed(4))}%`;
}

/** Share of weights pruned, as asked for. */
export const nominalSparsity = (pattern: SparsityPattern): number =>
  pattern.kind === "n:m" ? 1 - pattern.keep / pattern.of : pattern.ratio;

/** @throws InputError if m doesn't divide the number of inputs of every linear layer */
export function checkPattern(where: string, pattern: SparsityPattern, config: ModelConfig): void {
  if (pattern.kind === "unstructured") return;
  const uneven = inputWidths(config).filter((width) => width % pattern.of !== 0);
  if (uneven.length === 0) return;
  const fitting = [2, 4, 8, 16].filter((m) => inputWidths(config).every((width) => width % m === 0));
  throw new InputError({
    where: `${where}, pattern ${formatPattern(pattern)}`,
    found: `layers of ${uneven.join(" and ")} inputs`,
    expected: `widths that ${pattern.of} divides`,
    remedy:
      fitting.length > 0 ? `take n:m with m one of ${fitting.join(", ")}, or a share such as 50%` : "take a share such as 50%",
  });
}

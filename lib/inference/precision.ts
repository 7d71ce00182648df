import { InputError } from "../core/errors.js";
import type { Precision } from "../model/index.js";
import { processor } from "../tensor/processor.js";

/**
 * Refuses a precision that this machine lacks.
 * @throws InputError for "bf16" on a processor that does not multiply bfloat16: it would be slower and less exact than "f32"
 */
export function checkPrecision(precision: Precision, { name, hasBfloat16 } = processor()): void {
  if (precision === "f32" || hasBfloat16) return;
  throw new InputError({
    where: "precision bf16",
    found: `the processor ${name}, which does not multiply bfloat16`,
    expected: "one with AVX512-BF16 or AMX-BF16",
    remedy: "use f32, which is faster here",
  });
}

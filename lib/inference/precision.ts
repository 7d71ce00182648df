import { InputError } from "../core/errors.js";
import type { Precision } from "../model/index.js";
import { processor } from "../tensor/processor.js";

/** What would compute. */
export interface Machine {
  /** Label of the backend: "tensorflow-cpu", "wasm". */
  readonly backend: string;
  /** Default: this machine's. */
  readonly processor?: { readonly name: string; readonly hasBfloat16: boolean };
}

/**
 * Refuses a precision that a machine lacks.
 * @throws InputError for "bf16" on a backend that has no bfloat16, and on a processor that does not multiply it: it would be
 * slower and less exact than "f32". A GPU that TensorFlow computes with has it.
 */
export function checkPrecision(precision: Precision, { backend, processor: { name, hasBfloat16 } = processor() }: Machine): void {
  if (precision === "f32" || backend === "tensorflow-gpu") return;
  if (backend !== "tensorflow-cpu") {
    throw new InputError({
      where: "precision bf16",
      found: `the backend ${backend}, whose only floating type is float32`,
      expected: "TensorFlow",
      remedy: "use f32, or --backend tensorflow",
    });
  }
  if (hasBfloat16) return;
  throw new InputError({
    where: "precision bf16",
    found: `the processor ${name}, which does not multiply bfloat16`,
    expected: "one with AVX512-BF16 or AMX-BF16",
    remedy: "use f32, which is faster here",
  });
}

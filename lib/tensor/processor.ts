import { readFileSync } from "node:fs";
import { cpus } from "node:os";

/** Flags of /proc/cpuinfo under which TensorFlow multiplies bfloat16 matrices faster than float32 ones. */
const BF16_FLAGS = ["avx512_bf16", "amx_bf16"];

/** What a machine computes with. */
export interface Processor {
  readonly name: string;
  /** Whether it multiplies bfloat16 by itself; where it does not, TensorFlow converts number by number. */
  readonly hasBfloat16: boolean;
}

/** This machine's processor. Where the system does not tell its abilities, it has none beyond the usual. */
export function processor(): Processor {
  const name = cpus().at(0)?.model.trim() ?? "unknown";
  try {
    return { name, hasBfloat16: hasBfloat16(readFileSync("/proc/cpuinfo", "utf8")) };
  } catch {
    return { name, hasBfloat16: false };
  }
}

/** @param text of /proc/cpuinfo */
export function hasBfloat16(text: string): boolean {
  const flags = (/^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1] ?? "").split(" ");
  return BF16_FLAGS.some((flag) => flags.includes(flag));
}

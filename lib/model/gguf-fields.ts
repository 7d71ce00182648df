import { InputError } from "../core/errors.js";
import type { ModelFile } from "../formats/model-file.js";

/** Checked access to a GGUF's fields of one architecture, named without its prefix: "block_count". */
export interface GgufFields {
  /** @throws InputError if it is no whole number from 1 to `atMost`, or missing without a fallback */
  integer(field: string, atMost: number, fallback?: number): number;
  /** @throws InputError if it is no finite number above 0, or missing without a fallback */
  positive(field: string, fallback?: number): number;
  /** @throws InputError unless `holds` */
  check(field: string, value: unknown, holds: boolean, expected: string): void;
  raw(field: string): unknown;
  has(field: string): boolean;
}

/** @param prefix the architecture's name in GGUFs */
export function ggufFields({ path, metadata }: ModelFile, prefix: string): GgufFields {
  const refuse = (field: string, found: unknown, expected: string): InputError => {
    const shown = (JSON.stringify(found) ?? "null").slice(0, 80);
    return new InputError({ where: `${path}, field ${prefix}.${field}`, found: shown, expected });
  };
  const raw = (field: string): unknown => metadata.get(`${prefix}.${field}`);
  return {
    raw,
    has: (field) => raw(field) !== undefined,
    integer(field, atMost, fallback) {
      const value = raw(field) ?? fallback;
      if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= atMost) return value;
      throw refuse(field, value, `a whole number from 1 to ${atMost}`);
    },
    positive(field, fallback) {
      const value = raw(field) ?? fallback;
      if (typeof value === "number" && value > 0 && Number.isFinite(value)) return value;
      throw refuse(field, value, "a number above 0");
    },
    check(field, value, holds, expected) {
      if (!holds) throw refuse(field, value, expected);
    },
  };
}

import { InputError } from "../../core/errors.js";
import { floatToBfloat, floatToHalf } from "../../formats/index.js";
import type { Floats } from "./export-format.js";

const INFINITE = { F16: 0x7c00, BF16: 0x7f80 } as const;

/**
 * Values as a file stores them, rounded to the nearest where they must be.
 * @param name of the weight, for the error   @throws InputError for a value beyond the range of float16
 */
export function storedFloats(name: string, values: Float32Array, floats: Floats): Float32Array | Uint16Array {
  if (floats === "F32") return values;
  const bits = floats === "F16" ? floatToHalf(values) : floatToBfloat(values);
  const at = bits.findIndex((pattern) => (pattern & 0x7fff) === INFINITE[floats]);
  if (at < 0) return bits;
  throw new InputError({
    where: `weight ${at} of ${name}`,
    found: String(values[at]),
    expected: `a number that ${floats} can hold`,
    remedy: "store the numbers as F32",
  });
}

/** What is lost where numbers are stored so. */
export const floatNotes = (floats: Floats): string[] =>
  floats === "F32" ? [] : [`numbers that are not packed are rounded to ${floats === "F16" ? "float16" : "bfloat16"}`];

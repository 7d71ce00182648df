import { z } from "zod";

/** A text with N places "{}", as Python's `format` fills them. */
export interface Slots<N extends number> {
  readonly count: N;
  readonly parts: readonly string[];
}

/** Reads such a text. */
export const slotted = <N extends number>(count: N): z.ZodType<Slots<N>> =>
  z
    .string()
    .refine((text) => text.split("{}").length === count + 1, `a text with ${count} times {}`)
    .transform((text) => ({ count, parts: text.split("{}") }));

/** @param values as many as there are places */
export function fill<N extends number>({ count, parts }: Slots<N>, ...values: readonly string[]): string {
  if (values.length !== count) throw new Error(`${values.length} values for ${count} places`);
  return parts.map((part, i) => (i === 0 ? part : values[i - 1] + part)).join("");
}

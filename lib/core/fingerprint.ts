import { createHash } from "node:crypto";

/** A value that JSON can hold without loss. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [name: string]: Plain | undefined };

/** SHA-256, in hex, of a plain value with its names sorted: the identity of a recipe, a record, a suite. */
export function fingerprint(value: Plain): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

/** JSON with sorted names and without undefined ones; the same text for equal values. @throws Error on NaN and infinities */
export function canonicalJson(value: Plain): string {
  if (typeof value === "number" && !Number.isFinite(value)) throw new Error(`no JSON for ${value}`);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const kept = Object.entries(value).filter((entry): entry is [string, Plain] => entry[1] !== undefined);
  kept.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${kept.map(([name, entry]) => `${JSON.stringify(name)}:${canonicalJson(entry)}`).join(",")}}`;
}

const isList = (value: Plain): value is readonly Plain[] => Array.isArray(value);

/**
 * A value as JSON can hold it: big integers as text, bytes as base64, what refers to itself as "[Circular]", maps and sets as
 * objects and arrays; NaN and infinities become null.
 */
export function toJson(value: unknown): unknown {
  return convert(value, []);
}

function convert(value: unknown, parents: readonly object[]): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (parents.includes(value)) return "[Circular]";
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  const inside = [...parents, value];
  const own = hasToJson(value) ? value.toJSON() : value;
  if (own !== value) return convert(own, inside);
  if (ArrayBuffer.isView(value) && isIterable(value)) return Array.from(value, (entry) => convert(entry, inside));
  if (Array.isArray(value) || value instanceof Set) return Array.from(value, (entry) => convert(entry, inside) ?? null);
  const entries: Iterable<[unknown, unknown]> = value instanceof Map ? value.entries() : Object.entries(value);
  return Object.fromEntries(Array.from(entries, ([name, entry]) => [String(name), convert(entry, inside)]));
}

const hasToJson = (value: object): value is { toJSON(): unknown } => "toJSON" in value && typeof value.toJSON === "function";
const isIterable = (value: object): value is Iterable<unknown> => Symbol.iterator in value;

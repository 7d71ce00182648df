import type { MetadataValue } from "./model-file.js";

/** How a value of a GGUF's metadata is stored, by ggml's numbers. */
interface ValueType {
  readonly number: number;
  /** @throws Error for a value of another kind */
  readonly write: (value: MetadataValue) => Uint8Array;
}

const numeric = (number: number, size: number, put: (buffer: Buffer, value: number) => void): ValueType => ({
  number,
  write: (value) => {
    if (typeof value !== "number") throw new Error(`a ${typeof value} where a number belongs`);
    const buffer = Buffer.alloc(size);
    put(buffer, value);
    return buffer;
  },
});

function writeText(value: MetadataValue): Uint8Array {
  if (typeof value !== "string") throw new Error(`a ${typeof value} where a text belongs`);
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return Buffer.concat([length, bytes]);
}

/** The types of single values. */
export const GGUF_TYPES = {
  u8: numeric(0, 1, (buffer, value) => buffer.writeUInt8(value)),
  i8: numeric(1, 1, (buffer, value) => buffer.writeInt8(value)),
  u16: numeric(2, 2, (buffer, value) => buffer.writeUInt16LE(value)),
  i16: numeric(3, 2, (buffer, value) => buffer.writeInt16LE(value)),
  u32: numeric(4, 4, (buffer, value) => buffer.writeUInt32LE(value)),
  i32: numeric(5, 4, (buffer, value) => buffer.writeInt32LE(value)),
  f32: numeric(6, 4, (buffer, value) => buffer.writeFloatLE(value)),
  bool: { number: 7, write: (value) => Buffer.of(value === true ? 1 : 0) },
  text: { number: 8, write: writeText },
  array: { number: 9, write: () => new Uint8Array() },
  u64: numeric(10, 8, (buffer, value) => buffer.writeBigUInt64LE(BigInt(value))),
  i64: numeric(11, 8, (buffer, value) => buffer.writeBigInt64LE(BigInt(value))),
  f64: numeric(12, 8, (buffer, value) => buffer.writeDoubleLE(value)),
} as const satisfies Readonly<Record<string, ValueType>>;

/** The name of a type of single values. */
export type GgufScalarType = Exclude<keyof typeof GGUF_TYPES, "array">;

/** A value of a GGUF's metadata with its type, which readers of the file insist on. */
export type GgufValue =
  | { readonly type: GgufScalarType; readonly value: MetadataValue }
  | { readonly type: "array"; readonly element: GgufScalarType; readonly values: readonly MetadataValue[] };

const isScalar = (name: string): name is GgufScalarType => name !== "array" && Object.hasOwn(GGUF_TYPES, name);
const NAMES: ReadonlyMap<number, GgufScalarType> = new Map(
  Object.entries(GGUF_TYPES).flatMap(([name, { number }]) => (isScalar(name) ? [[number, name] as const] : [])),
);

/** A value as it was read, with its type's number (and its elements', in a list); undefined for lists of lists. */
export function typedValue(value: MetadataValue, type: number, element: number | undefined): GgufValue | undefined {
  const name = NAMES.get(type);
  if (name !== undefined) return { type: name, value };
  const inner = element === undefined ? undefined : NAMES.get(element);
  return inner !== undefined && Array.isArray(value) ? { type: "array", element: inner, values: value } : undefined;
}

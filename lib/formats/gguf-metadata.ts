import type { HeaderCursor } from "./header-cursor.js";
import { typedValue } from "./gguf-values.js";
import type { GgufValue } from "./gguf-values.js";
import type { MetadataValue } from "./model-file.js";

const LONGEST_KEY = 65_535; // the format's own limit
const LONGEST_TEXT = 2 ** 20;
const DEEPEST_ARRAY = 4;
const MOST_ELEMENTS = 2 ** 21; // LLaMA 3 has 0.5 million
const LIST_COST = 8; // an empty list takes as much memory as some numbers

const ARRAY = 9;
const SMALLEST_ELEMENT: readonly number[] = [1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8];

/**
 * The metadata of a GGUF file: `count` keys, each with a typed value.
 * @param typed where given, is filled with the values and their types; lists of lists are left out
 * @throws InputError on a key that stands twice, an unknown value type, a list or text longer than the file or the caps
 */
export function readMetadata(cursor: HeaderCursor, count: number, typed?: Map<string, GgufValue>): Map<string, MetadataValue> {
  const metadata = new Map<string, MetadataValue>();
  const budget = { elements: MOST_ELEMENTS };
  for (let i = 0; i < count; i++) {
    const start = cursor.offset;
    const key = cursor.text(`key ${i + 1} of ${count}`, LONGEST_KEY);
    if (metadata.has(key)) throw cursor.error(`key ${key}`, { found: "the key a second time", expected: "each key once" }, start);
    const type = cursor.u32(`type of ${key}`);
    const element = type === ARRAY ? peekType(cursor, key) : undefined;
    const value = readValue(cursor, key, { type, depth: 0, budget });
    metadata.set(key, value);
    const withType = typed === undefined ? undefined : typedValue(value, type, element);
    if (withType !== undefined) typed?.set(key, withType);
  }
  return metadata;
}

function peekType(cursor: HeaderCursor, key: string): number {
  const type = cursor.u32(`element type of ${key}`);
  cursor.offset -= 4;
  return type;
}

interface ValueContext {
  readonly type: number;
  readonly depth: number;
  readonly budget: { elements: number };
}

function readValue(cursor: HeaderCursor, key: string, context: ValueContext): MetadataValue {
  if (context.type === ARRAY) return readArray(cursor, key, context);
  return scalarReader(cursor, key, context.type)(cursor, key);
}

function readArray(cursor: HeaderCursor, key: string, { depth, budget }: ValueContext): MetadataValue[] {
  const start = cursor.offset;
  if (depth >= DEEPEST_ARRAY) {
    throw cursor.error(key, { found: "a list nested more deeply", expected: `at most ${DEEPEST_ARRAY} levels` });
  }
  const type = cursor.u32(`element type of ${key}`);
  const length = cursor.u64(`length of ${key}`);
  const cost = type === ARRAY ? LIST_COST : 1;
  const most = Math.min(Math.floor(budget.elements / cost), Math.floor(cursor.remaining / (SMALLEST_ELEMENT[type] ?? 1)));
  if (length > most) throw cursor.error(key, { found: `a list of ${length}`, expected: `at most ${most} elements` }, start);
  budget.elements -= length * cost;
  const values: MetadataValue[] = [];
  if (type === ARRAY) {
    for (let i = 0; i < length; i++) values.push(readArray(cursor, key, { type, depth: depth + 1, budget }));
    return values;
  }
  const read = scalarReader(cursor, key, type);
  for (let i = 0; i < length; i++) values.push(read(cursor, key));
  return values;
}

type ScalarReader = (cursor: HeaderCursor, field: string) => MetadataValue;

const SCALAR_READERS: ReadonlyMap<number, ScalarReader> = new Map<number, ScalarReader>([
  [0, (cursor, field) => cursor.u8(field)],
  [1, (cursor, field) => cursor.i8(field)],
  [2, (cursor, field) => cursor.u16(field)],
  [3, (cursor, field) => cursor.i16(field)],
  [4, (cursor, field) => cursor.u32(field)],
  [5, (cursor, field) => cursor.i32(field)],
  [6, (cursor, field) => cursor.f32(field)],
  [7, readBoolean],
  [8, (cursor, field) => cursor.text(field, LONGEST_TEXT)],
  [10, (cursor, field) => cursor.u64(field)],
  [11, (cursor, field) => cursor.i64(field)],
  [12, (cursor, field) => cursor.f64(field)],
]);

function scalarReader(cursor: HeaderCursor, key: string, type: number): ScalarReader {
  const reader = SCALAR_READERS.get(type);
  if (reader === undefined) throw cursor.error(`type of ${key}`, { found: String(type), expected: "a value type from 0 to 12" });
  return reader;
}

function readBoolean(cursor: HeaderCursor, field: string): boolean {
  const value = cursor.u8(field);
  if (value > 1) throw cursor.error(field, { found: String(value), expected: "0 or 1" }, cursor.offset - 1);
  return value === 1;
}

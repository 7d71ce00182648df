import { InputError } from "../core/errors.js";
import type { ByteReader } from "./byte-reader.js";
import { duplicateName } from "./json-names.js";
import { checkJsonSize } from "./json-scan.js";

/** The element types that are read and written, with their bytes. */
export const ELEMENT_BYTES = { F32: 4, F16: 2, BF16: 2, I32: 4, U8: 1 } as const;

/** An element type of a safetensors file. */
export type ElementType = keyof typeof ELEMENT_BYTES;

/** A tensor as a safetensors header lists it. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly storage: ElementType;
  readonly shape: readonly number[];
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly bytes: number;
}

/** What a safetensors header says. */
export interface SafetensorsHeader {
  readonly metadata: ReadonlyMap<string, string>;
  readonly tensors: ReadonlyMap<string, SafetensorsEntry>;
}

/** The format allows 100 MB; a 405B model's shards have 20 kB. A hostile header must not take hundreds of megabytes. */
export const LONGEST_HEADER = 2 ** 24;
// 16,384 tensors, ten times a 405B model's: a header full of names would take longer than a second
const JSON_LIMITS = { depth: 4, containers: 3 * 16_384, values: 2 ** 18, names: 5 * 16_384 };
const MOST_DIMENSIONS = 8;

/**
 * Reads and checks the header by the format's rules: it begins with "{", names stand once, extents begin at 0, leave no
 * hole, do not overlap and end with the file, and each agrees with its shape and element type.
 * @throws InputError naming the tensor and what is wrong
 */
export async function readSafetensorsHeader(reader: ByteReader): Promise<SafetensorsHeader> {
  const length = await headerLength(reader);
  const bytes = await reader.read("header", 8, length);
  checkJsonSize(`${reader.path}, header`, bytes, JSON_LIMITS);
  const text = Buffer.from(bytes.buffer).toString("utf8");
  const { metadata, entries } = parseHeader(reader.path, text);
  const tensors = new Map<string, SafetensorsEntry>();
  let end = 0;
  const dataStart = 8 + length;
  const inOrder = entries.map(([name, value]) => readEntry(reader.path, name, value));
  for (const entry of inOrder.sort((a, b) => a.offset - b.offset || a.bytes - b.bytes)) {
    if (entry.offset !== end) {
      throw wrong(reader.path, entry.name, { found: `data from ${entry.offset}`, expected: `${end}, where the one before ends` });
    }
    end += entry.bytes;
    tensors.set(entry.name, { ...entry, offset: dataStart + entry.offset });
  }
  if (dataStart + end !== reader.bytes) {
    const found = `a file of ${reader.bytes} bytes`;
    throw new InputError({
      where: reader.path,
      found,
      expected: `${dataStart + end}, as its header says`,
      remedy: "fetch the file again",
    });
  }
  return { metadata, tensors };
}

async function headerLength(reader: ByteReader): Promise<number> {
  const start = await reader.read("header length", 0, 9);
  const view = new DataView(start.buffer);
  const length = view.getBigUint64(0, true);
  const most = Math.min(LONGEST_HEADER, reader.bytes - 8);
  if (length >= 2n && length <= BigInt(most) && start[8] === 0x7b) return Number(length);
  const found = start[8] === 0x7b ? `${length} bytes` : `byte ${start[8]} where it begins`;
  throw new InputError({
    where: `${reader.path}, header, offset 0`,
    found,
    expected: `at most ${most} bytes of JSON that begin with "{"`,
  });
}

function parseHeader(path: string, text: string): { metadata: ReadonlyMap<string, string>; entries: [string, unknown][] } {
  const where = `${path}, header, offset 8`;
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    throw new InputError({ where, found: error instanceof Error ? error.message.slice(0, 200) : "no JSON", expected: "JSON" });
  }
  const twice = duplicateName(text);
  if (twice !== undefined)
    throw new InputError({ where, found: `the name ${twice} twice in one object`, expected: "each name once" });
  if (header === null || typeof header !== "object")
    throw new InputError({ where, found: "no object", expected: "a JSON object" });
  const all: [string, unknown][] = Object.entries(header);
  const metadata = new Map<string, string>();
  const described: unknown = all.find(([name]) => name === "__metadata__")?.[1] ?? {};
  if (typeof described !== "object" || described === null)
    throw wrong(path, "__metadata__", { found: "no object", expected: "one" });
  const texts: [string, unknown][] = Object.entries(described);
  for (const [name, value] of texts) {
    if (typeof value !== "string") throw wrong(path, `__metadata__.${name}`, { found: typeof value, expected: "a text" });
    metadata.set(name, value);
  }
  return { metadata, entries: all.filter(([name]) => name !== "__metadata__") };
}

/** With the offset from the start of the data. */
function readEntry(path: string, name: string, value: unknown): SafetensorsEntry {
  const fields: ReadonlyMap<string, unknown> = new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
  const storage = elementType(path, name, fields.get("dtype"));
  const shape = integers(fields.get("shape"), MOST_DIMENSIONS);
  if (shape === undefined) throw wrong(path, name, { found: "a wrong shape", expected: `up to ${MOST_DIMENSIONS} sizes` });
  const offsets = integers(fields.get("data_offsets"), 2);
  if (offsets?.length !== 2 || offsets[1] < offsets[0]) {
    throw wrong(path, name, { found: "wrong data_offsets", expected: "a start and an end" });
  }
  const bytes = shape.reduce((product, size) => product * size, ELEMENT_BYTES[storage]);
  if (bytes !== offsets[1] - offsets[0]) {
    const expected = `${bytes}, by its shape and element type`;
    throw wrong(path, name, { found: `${offsets[1] - offsets[0]} bytes`, expected });
  }
  return { name, storage, shape, offset: offsets[0], bytes };
}

function elementType(path: string, name: string, value: unknown): ElementType {
  const types = Object.keys(ELEMENT_BYTES).filter(isElementType);
  const found = types.find((type) => type === value);
  if (found !== undefined) return found;
  throw wrong(path, name, { found: `element type ${JSON.stringify(value) ?? "(none)"}`, expected: `one of ${types.join(", ")}` });
}

const isElementType = (name: string): name is ElementType => Object.hasOwn(ELEMENT_BYTES, name);

/** Non-negative safe integers, or undefined. */
function integers(value: unknown, atMost: number): readonly number[] | undefined {
  if (!Array.isArray(value) || value.length > atMost) return undefined;
  const isSize = (size: unknown): size is number => typeof size === "number" && Number.isSafeInteger(size) && size >= 0;
  return value.every(isSize) ? value : undefined;
}

function wrong(path: string, tensor: string, finding: { found: string; expected: string }): InputError {
  return new InputError({ where: `${path}, header, tensor ${tensor}`, ...finding });
}

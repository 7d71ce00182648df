import { BLOCK_LAYOUTS, BLOCK_LAYOUT_NUMBERS, OTHER_TENSOR_TYPES } from "./gguf-blocks.js";
import type { HeaderCursor } from "./header-cursor.js";
import type { TensorInfo } from "./model-file.js";

const LONGEST_NAME = 256;
const MOST_DIMENSIONS = 4;
const MOST_WEIGHTS = 2 ** 30;

/** A tensor as the table of a GGUF file lists it. */
export interface TensorEntry extends TensorInfo {
  readonly storage: keyof typeof BLOCK_LAYOUTS;
  /** Bytes from the start of the data to its first one. */
  readonly relativeOffset: number;
  /** Where in the header it stands, for errors. */
  readonly headerOffset: number;
}

/** @throws InputError on a name that stands twice, a bad shape, an unknown tensor type, a misaligned offset */
export function readTensorTable(cursor: HeaderCursor, count: number, alignment: number): Map<string, TensorEntry> {
  const tensors = new Map<string, TensorEntry>();
  for (let i = 0; i < count; i++) {
    const start = cursor.offset;
    const name = cursor.text(`tensor name ${i + 1} of ${count}`, LONGEST_NAME);
    if (tensors.has(name)) {
      throw cursor.error(`tensor ${name}`, { found: "the name a second time", expected: "each name once" }, start);
    }
    tensors.set(name, readEntry(cursor, name, { headerOffset: start, alignment }));
  }
  return tensors;
}

function readEntry(cursor: HeaderCursor, name: string, at: { headerOffset: number; alignment: number }): TensorEntry {
  const { shape, weights } = readShape(cursor, name);
  const storage = readStorage(cursor, name);
  const layout = BLOCK_LAYOUTS[storage];
  const width = shape[shape.length - 1];
  if (width % layout.weights !== 0) {
    throw cursor.error(`tensor ${name}`, {
      found: `rows of ${width}`,
      expected: `a multiple of ${layout.weights} for ${storage}`,
    });
  }
  const bytes = (weights / layout.weights) * layout.bytes;
  const relativeOffset = cursor.u64(`offset of tensor ${name}`);
  if (relativeOffset % at.alignment !== 0) {
    const expected = `a multiple of the alignment (${at.alignment})`;
    throw cursor.error(`offset of tensor ${name}`, { found: String(relativeOffset), expected }, cursor.offset - 8);
  }
  return { name, storage, shape, bytes, relativeOffset, headerOffset: at.headerOffset };
}

/** The file lists the innermost dimension first; a shape here is outermost first. */
function readShape(cursor: HeaderCursor, name: string): { shape: number[]; weights: number } {
  const field = `shape of tensor ${name}`;
  const dimensions = cursor.u32(field);
  if (dimensions < 1 || dimensions > MOST_DIMENSIONS) {
    throw cursor.error(field, { found: `${dimensions} dimensions`, expected: `1 to ${MOST_DIMENSIONS}` }, cursor.offset - 4);
  }
  const shape: number[] = [];
  let weights = 1;
  for (let i = 0; i < dimensions; i++) {
    const size = cursor.u64(field);
    if (size === 0) throw cursor.error(field, { found: "a dimension of 0", expected: "at least 1" }, cursor.offset - 8);
    weights *= size; // at most 2^30 · 2^53, which a double can hold without wrapping
    if (weights > MOST_WEIGHTS) {
      throw cursor.error(field, { found: `more than ${MOST_WEIGHTS} weights`, expected: "fewer" }, cursor.offset - 8);
    }
    shape.unshift(size);
  }
  return { shape, weights };
}

function readStorage(cursor: HeaderCursor, name: string): keyof typeof BLOCK_LAYOUTS {
  const number = cursor.u32(`type of tensor ${name}`);
  const storage = BLOCK_LAYOUT_NUMBERS.get(number);
  if (storage !== undefined) return storage;
  const found = `tensor type ${OTHER_TENSOR_TYPES.get(number) ?? "unknown to us"} (${number})`;
  const expected = `one of ${Object.keys(BLOCK_LAYOUTS).join(", ")}`;
  const remedy = "convert the model to one of these, for example with llama.cpp's quantize tool";
  throw cursor.error(`type of tensor ${name}`, { found, expected, remedy }, cursor.offset - 4);
}

import { InputError } from "../core/errors.js";
import { parsePythonLiteral, type PythonValue } from "./python-literal.js";

/** A one-dimensional NumPy array: texts or numbers. */
export type NpyValues = readonly string[] | readonly number[];

/** Far above any list of labels or attributes; a larger file is something else. */
const MOST_BYTES = 64 * 1024 * 1024;
const LONGEST_HEADER = 64 * 1024;
const MAGIC = "\u0093NUMPY";

/**
 * Reads a `.npy` file with one dimension of little-endian texts (`<U6`), integers of 1, 4 or 8 bytes, truth values or floats.
 * Pickled objects are refused, so nothing of the file is ever executed.
 * @param where the file, for errors
 * @throws InputError naming file and field: another format, another type, a length that the bytes don't have
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function parseNpy(bytes: Buffer, where: string): NpyValues {
  const { header, start } = readHeader(bytes, where);
  const { type, count } = checkHeader(header, where);
  const { width, read } = readerOf(type, where);
  const data = bytes.subarray(start);
  if (data.length !== width * count) {
    throw new InputError({
      where: `${where}, data`,
      found: `${data.length} bytes`,
      expected: `${count} values of ${width} bytes, as its header says`,
      remedy: "the file is cut short or damaged; fetch it again",
    });
  }
  return read(data, count);
}

function readHeader(bytes: Buffer, where: string): { readonly header: string; readonly start: number } {
  if (bytes.length > MOST_BYTES) throw misfit(where, "size", `${bytes.length} bytes`, `at most ${MOST_BYTES}`);
  if (bytes.length < 10 || bytes.toString("latin1", 0, 6) !== MAGIC) {
    throw misfit(where, "first bytes", JSON.stringify(bytes.toString("latin1", 0, 6)), "a NumPy .npy file");
  }
  const isFirstVersion = bytes[6] === 1;
  const at = isFirstVersion ? 10 : 12;
  if (bytes[6] > 3 || bytes.length < at) throw misfit(where, "version", String(bytes[6]), "1, 2 or 3");
  const length = isFirstVersion ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  if (length > Math.min(LONGEST_HEADER, bytes.length - at)) {
    throw misfit(where, "header", `${length} bytes of it`, `at most ${Math.min(LONGEST_HEADER, bytes.length - at)}`);
  }
  return { header: bytes.toString("utf8", at, at + length), start: at + length };
}

function checkHeader(header: string, where: string): { readonly type: string; readonly count: number } {
  const fields = parsePythonLiteral(header.trim(), `${where}, header`);
  const type = fieldOf(fields, "descr");
  const shape = fieldOf(fields, "shape");
  if (typeof type !== "string") throw misfit(where, "descr", JSON.stringify(type), "one type for all values");
  const count = Array.isArray(shape) && shape.length === 1 ? Number(shape[0]) : -1;
  if (!Number.isSafeInteger(count) || count < 0) throw misfit(where, "shape", JSON.stringify(shape), "one dimension");
  return { type, count };
}

const isDictionary = (value: PythonValue): value is ReadonlyMap<string, PythonValue> => value instanceof Map;

const fieldOf = (fields: PythonValue, name: string): PythonValue => (isDictionary(fields) ? (fields.get(name) ?? null) : null);

interface ValueReader {
  /** Bytes a value. */
  readonly width: number;
  readonly read: (data: Buffer, count: number) => NpyValues;
}

const numbers = (width: number, read: (data: Buffer, at: number) => number): ValueReader => ({
  width,
  read: (data, count) => Array.from({ length: count }, (_, i) => read(data, i * width)),
});

const NUMBERS: Readonly<Record<string, ValueReader>> = {
  "<i8": numbers(8, (data, at) => Number(data.readBigInt64LE(at))),
  "<i4": numbers(4, (data, at) => data.readInt32LE(at)),
  "|i1": numbers(1, (data, at) => data.readInt8(at)),
  "|b1": numbers(1, (data, at) => data.readUInt8(at)),
  "<f8": numbers(8, (data, at) => data.readDoubleLE(at)),
  "<f4": numbers(4, (data, at) => data.readFloatLE(at)),
};

const LONGEST_TEXT = 4096;

function readerOf(type: string, where: string): ValueReader {
  const letters = /^<U(\d{1,4})$/.exec(type);
  if (letters !== null && Number(letters[1]) <= LONGEST_TEXT) return texts(Number(letters[1]), where);
  const known = Object.entries(NUMBERS).find(([name]) => name === type);
  if (known !== undefined) return known[1];
  throw misfit(where, "descr", JSON.stringify(type), `<U1 to <U${LONGEST_TEXT}, ${Object.keys(NUMBERS).join(", ")}`);
}

/** NumPy pads texts with zeros at the end. @param length code points of each */
function texts(length: number, where: string): ValueReader {
  const textAt = (data: Buffer, at: number): string => {
    const points = Array.from({ length }, (_, i) => data.readUInt32LE(at + 4 * i));
    const end = points.findLastIndex((point) => point !== 0) + 1;
    const wrong = points.find((point) => point > 0x10ffff);
    if (wrong !== undefined) throw misfit(where, "data", `the code point ${wrong}`, "at most 1114111");
    return String.fromCodePoint(...points.slice(0, end));
  };
  return { width: 4 * length, read: (data, count) => Array.from({ length: count }, (_, i) => textAt(data, i * 4 * length)) };
}

const misfit = (where: string, field: string, found: string, expected: string): InputError =>
  new InputError({ where: `${where}, ${field}`, found, expected });

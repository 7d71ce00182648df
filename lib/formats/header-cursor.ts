import { InputError } from "../core/errors.js";
import type { ByteReader } from "./byte-reader.js";

/** Thrown inside when the window ends before the header does; never leaves `readHeader`. */
class WindowTooShort extends Error {}

const FIRST_WINDOW = 2 ** 22;
const LONGEST_HEADER = 2 ** 25; // LLaMA 3's has 8 MB

/**
 * Parses a header whose length is not known beforehand: over the first 4 MiB, and again over twice as much where that was too little.
 * @throws InputError if the file or 32 MiB end before the header does
 */
export async function readHeader<T>(reader: ByteReader, parse: (cursor: HeaderCursor) => T): Promise<T> {
  const most = Math.min(reader.bytes, LONGEST_HEADER);
  for (let size = Math.min(FIRST_WINDOW, most); ; size = Math.min(2 * size, most)) {
    const cursor = new HeaderCursor(reader, await reader.read("header", 0, size), size === most);
    try {
      return parse(cursor);
    } catch (error) {
      if (!(error instanceof WindowTooShort)) throw error;
    }
  }
}

/** Little-endian values one after the other; errors name the file, the field and the offset. */
export class HeaderCursor {
  /** Bytes read so far. */
  offset = 0;
  readonly #reader: ByteReader;
  readonly #window: Buffer;
  readonly #isLastWindow: boolean;

  constructor(reader: ByteReader, window: Uint8Array<ArrayBuffer>, isLastWindow: boolean) {
    this.#reader = reader;
    this.#window = Buffer.from(window.buffer, window.byteOffset, window.byteLength);
    this.#isLastWindow = isLastWindow;
  }

  /** Bytes of the file after this point. */
  get remaining(): number {
    return this.#reader.bytes - this.offset;
  }

  u8 = (field: string): number => this.#window.readUInt8(this.#take(field, 1));
  i8 = (field: string): number => this.#window.readInt8(this.#take(field, 1));
  u16 = (field: string): number => this.#window.readUInt16LE(this.#take(field, 2));
  i16 = (field: string): number => this.#window.readInt16LE(this.#take(field, 2));
  u32 = (field: string): number => this.#window.readUInt32LE(this.#take(field, 4));
  i32 = (field: string): number => this.#window.readInt32LE(this.#take(field, 4));
  f32 = (field: string): number => this.#window.readFloatLE(this.#take(field, 4));
  f64 = (field: string): number => this.#window.readDoubleLE(this.#take(field, 8));

  /** @throws InputError above `atMost`, which is 2^53 − 1 unless given */
  u64(field: string, atMost = Number.MAX_SAFE_INTEGER): number {
    const at = this.#take(field, 8);
    const high = this.#window.readUInt32LE(at + 4);
    const value = high * 2 ** 32 + this.#window.readUInt32LE(at); // rounds above 2^53, which is refused below
    if (value <= atMost) return value;
    throw this.error(field, { found: String(this.#window.readBigUInt64LE(at)), expected: `at most ${atMost}` }, at);
  }

  /** @throws InputError outside ±(2^53 − 1) */
  i64(field: string): number {
    const at = this.#take(field, 8);
    const value = this.#window.readBigInt64LE(at);
    if (Number.isSafeInteger(Number(value))) return Number(value);
    throw this.error(field, { found: String(value), expected: "an integer within ±(2^53 − 1)" }, at);
  }

  /** UTF-8 text with its length before it, as u64; bytes that are no UTF-8 become U+FFFD. */
  text(field: string, atMost: number): string {
    const start = this.offset;
    const length = this.u64(field);
    if (length > Math.min(atMost, this.remaining)) {
      const expected = `at most ${Math.min(atMost, this.remaining)} bytes`;
      throw this.error(field, { found: `a text of ${length} bytes`, expected }, start);
    }
    const at = this.#take(field, length);
    return this.#window.toString("utf8", at, at + length);
  }

  /** An error that names the file, the field and the offset. */
  error(field: string, finding: { found: string; expected: string; remedy?: string }, offset = this.offset): InputError {
    return new InputError({ where: `${this.#reader.path}, ${field}, offset ${offset}`, ...finding });
  }

  #take(field: string, length: number): number {
    const at = this.offset;
    if (at + length > this.#window.length) throw this.#endsHere(field, length);
    this.offset = at + length;
    return at;
  }

  #endsHere(field: string, length: number): Error {
    if (!this.#isLastWindow) return new WindowTooShort();
    if (this.#window.length < this.#reader.bytes) {
      return this.error(field, { found: `a header of more than ${LONGEST_HEADER} bytes`, expected: "a shorter one" });
    }
    return this.error(field, {
      found: `a file of ${this.#reader.bytes} bytes`,
      expected: `${length} bytes from there`,
      remedy: "the file is cut short or damaged; fetch it again",
    });
  }
}

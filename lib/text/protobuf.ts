import { InputError } from "../core/errors.js";

/** One field of a protobuf message: its number, and its value by wire type. */
export type ProtobufField =
  | { readonly field: number; readonly kind: "varint"; readonly value: number }
  | { readonly field: number; readonly kind: "fixed32" | "fixed64" | "bytes"; readonly value: Uint8Array };

const LONGEST_VARINT = 10;

/**
 * The fields of one protobuf message, in order; messages within it are bytes to read in turn. Integers beyond 2^53 lose digits.
 * @param where the message stands, for errors   @throws InputError with the offset, for a length beyond the end or an unknown wire type
 */
export function* protobufFields(where: string, bytes: Uint8Array): Generator<ProtobufField> {
  let at = 0;
  const wrong = (found: string): InputError =>
    new InputError({ where: `${where}, offset ${at}`, found, expected: "a protobuf message" });
  const varint = (): number => {
    let value = 0;
    for (let i = 0; i < LONGEST_VARINT && at < bytes.length; i++) {
      const byte = bytes[at++];
      value += (byte & 127) * 2 ** (7 * i);
      if (byte < 128) return value;
    }
    throw wrong("a number without end");
  };
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw wrong(`${length} bytes where ${bytes.length - at} are left`);
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = varint();
    const [field, wire] = [Math.floor(key / 8), key % 8];
    if (wire === 0) yield { field, kind: "varint", value: varint() };
    else if (wire === 1) yield { field, kind: "fixed64", value: take(8) };
    else if (wire === 2) yield { field, kind: "bytes", value: take(varint()) };
    else if (wire === 5) yield { field, kind: "fixed32", value: take(4) };
    else throw wrong(`wire type ${wire}`);
  }
}

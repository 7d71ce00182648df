/** Bytes of `count` codes of `bits` bits, packed without gaps. */
export const packedBytes = (count: number, bits: number): number => Math.ceil((count * bits) / 8);

/** Codes of 1 to 8 bits in a row, the first in the lowest bits of the first byte. codes [n] -> [packedBytes(n, bits)] */
export function packCodes(codes: Uint8Array, bits: number): Uint8Array<ArrayBuffer> {
  if (bits === 8) return Uint8Array.from(codes);
  const packed = new Uint8Array(packedBytes(codes.length, bits));
  let pending = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < codes.length; i++) {
    pending |= codes[i] << held;
    held += bits;
    if (held >= 8) {
      packed[at++] = pending & 255;
      pending >>>= 8;
      held -= 8;
    }
  }
  if (held > 0) packed[at] = pending;
  return packed;
}

/** Undoes `packCodes`. packed [packedBytes(count, bits)] -> [count] */
export function unpackCodes(packed: Uint8Array, bits: number, count: number): Uint8Array<ArrayBuffer> {
  if (packed.length !== packedBytes(count, bits)) throw new Error(`${packed.length} bytes for ${count} codes of ${bits} bits`);
  if (bits === 8) return Uint8Array.from(packed);
  const padded = new Uint8Array(packed.length + bits + 1); // the last eight codes read beyond their end
  padded.set(packed);
  const codes = new Uint8Array(Math.ceil(count / 8) * 8);
  const mask = (1 << bits) - 1;
  for (let i = 0, from = 0; i < count; i += 8, from += bits) {
    for (let k = 0, bit = 0; k < 8; k++, bit += bits) {
      const byte = from + (bit >> 3);
      codes[i + k] = ((padded[byte] | (padded[byte + 1] << 8)) >> (bit & 7)) & mask;
    }
  }
  return codes.slice(0, count);
}

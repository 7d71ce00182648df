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
  const codes = new Uint8Array(count);
  const mask = (1 << bits) - 1;
  let pending = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (held < bits) {
      pending |= packed[at++] << held;
      held += 8;
    }
    codes[i] = pending & mask;
    pending >>>= bits;
    held -= bits;
  }
  return codes;
}

/** The visible character that stands for each byte in byte-level BPE vocabularies: printable Latin-1 for itself, the rest from U+0100 on. */
export const BYTE_TO_CHARACTER: readonly string[] = byteToCharacter();

/** Which byte a character of the alphabet stands for. */
export const CHARACTER_TO_BYTE: ReadonlyMap<string, number> = new Map(
  BYTE_TO_CHARACTER.map((character, byte) => [character, byte]),
);

function byteToCharacter(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(isPrintable(byte) ? byte : next++));
}

function isPrintable(byte: number): boolean {
  return (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
}

/** An answer as a person reads it: lower case, straight quotes, no template or padding marks, single blanks. */
export function plainText(text: string): string {
  return text
    .toLowerCase()
    .replace(/[‘’`´]/g, "'")
    .replace(/[“”«»]/g, '"')
    .replace(/<\|?\/?[a-z_]{1,20}\|?>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

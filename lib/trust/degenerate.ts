/** Why a text is no answer at all. */
export type Degeneracy = "empty" | "foreign" | "repetitive" | "echo";

/**
 * Whether a text is no answer a person could use: no letter or digit, or only "I"; mostly in another script than the prompt's
 * Latin; a loop; or mostly words of the prompt again. Null for anything readable, whatever it says: "B" and "3" answer a choice,
 * and "Yes, …" before the question's own words answers it.
 * @param prompt what the model was asked, without its template
 */
export function degeneracy(text: string, prompt: string): Degeneracy | null {
  if (/^[^\p{L}\p{N}]*I?[^\p{L}\p{N}]*$/iu.test(text)) return "empty";
  if (isForeign(text, prompt)) return "foreign";
  if (isRepetitive(text)) return "repetitive";
  return isEcho(text, prompt) ? "echo" : null;
}

/** More than half of the letters are not Latin, and the prompt's are. */
function isForeign(text: string, prompt: string): boolean {
  return latinShare(text) < 0.5 && latinShare(prompt) >= 0.5;
}

function latinShare(text: string): number {
  const letters = text.match(/\p{L}/gu) ?? [];
  return letters.length === 0 ? 1 : letters.filter((letter) => /\p{Script=Latin}/u.test(letter)).length / letters.length;
}

/** At least 24 characters of which fewer than half start a run of six seen nowhere before, or five equal words and more. */
function isRepetitive(text: string): boolean {
  const words = wordsOf(text);
  if (words.length >= 5 && new Set(words).size === 1) return true;
  const letters = words.join(" ");
  return letters.length >= 24 && distinctShare(runs(Array.from(letters), 6)) < 0.5;
}

/**
 * At least four words, of whose runs of four more than 60 % stand in the prompt. Fewer than 30 words that begin with others than
 * the prompt's are an answer in whole sentences.
 */
function isEcho(text: string, prompt: string): boolean {
  const words = wordsOf(text);
  const answer = runs(words, 4);
  const asked = new Set(runs(wordsOf(prompt), 4));
  const copied = answer.filter((run) => asked.has(run)).length;
  return copied > 0.6 * answer.length && (asked.has(answer[0]) || words.length >= 30);
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];

const runs = (parts: readonly string[], length: number): string[] =>
  Array.from({ length: Math.max(0, parts.length - length + 1) }, (_, i) => parts.slice(i, i + length).join("\u0000"));

const distinctShare = (values: readonly string[]): number => (values.length === 0 ? 1 : new Set(values).size / values.length);

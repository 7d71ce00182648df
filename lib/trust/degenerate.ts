/** Why a text is no answer at all. */
export type Degeneracy = "empty" | "foreign" | "repetitive" | "echo" | "salad";

/**
 * Whether a text is no answer a person could use: no letter or digit, or only "I"; mostly in another script than the prompt's
 * Latin; a loop; mostly words of the prompt again; or words without the small ones that make them sentences. Null for anything
 * readable, whatever it says: "B" and "3" answer a choice, and "Yes, …" before the question's own words answers it.
 * @param prompt what the model was asked, without its template
 */
export function degeneracy(text: string, prompt: string): Degeneracy | null {
  if (/^[^\p{L}\p{N}]*I?[^\p{L}\p{N}]*$/iu.test(text)) return "empty";
  if (isForeign(text, prompt)) return "foreign";
  if (isRepetitive(text)) return "repetitive";
  if (isEcho(text, prompt)) return "echo";
  return isSalad(text) ? "salad" : null;
}

/** More than half of the letters are not Latin, and the prompt's are. */
function isForeign(text: string, prompt: string): boolean {
  return latinShare(text) < 0.5 && latinShare(prompt) >= 0.5;
}

function latinShare(text: string): number {
  const letters = text.match(/\p{L}/gu) ?? [];
  return letters.length === 0 ? 1 : letters.filter((letter) => /\p{Script=Latin}/u.test(letter)).length / letters.length;
}

/**
 * At least 24 characters of which fewer than half start a run of six seen nowhere before; five equal words and more; or a piece
 * that comes four times and more in a row and so makes up 40 % of the text ("You can notonwowitwitwitwitwit").
 */
function isRepetitive(text: string): boolean {
  const words = wordsOf(text);
  if (words.length >= 5 && new Set(words).size === 1) return true;
  const letters = Array.from(words.join(" "));
  if (letters.length >= 24 && distinctShare(runs(letters, 6)) < 0.5) return true;
  return letters.length >= 16 && longestLoop(letters.slice(-LOOP_WITHIN)) >= 0.4 * Math.min(letters.length, LOOP_WITHIN);
}

/** Longest piece that may loop, how often it must come, and how much of a text's end is looked at: what follows a loop is one. */
const LONGEST_PIECE = 24;
const TIMES = 4;
const LOOP_WITHIN = 400;

/** The longest stretch, in characters, that is one piece of text over and over. */
function longestLoop(letters: readonly string[]): number {
  let longest = 0;
  for (let period = 1; period <= LONGEST_PIECE; period++) {
    let equal = 0; // characters that are those one period earlier, in a row
    for (let at = period; at < letters.length; at++) {
      equal = letters[at] === letters[at - period] ? equal + 1 : 0;
      const stretch = equal + period;
      if (stretch >= TIMES * period) longest = Math.max(longest, stretch);
    }
  }
  return longest;
}

/**
 * At least twelve words, hardly any with digits (addresses and keys are answers), of which fewer than an eighth are the small
 * words of English: sentences have a third and more.
 */
function isSalad(text: string): boolean {
  const words = wordsOf(text);
  if (words.length < 12 || words.filter((word) => /\p{N}/u.test(word)).length > 0.05 * words.length) return false;
  return words.filter((word) => SMALL_WORDS.has(word)).length < words.length / 8;
}

const SMALL_WORDS: ReadonlySet<string> = new Set(
  (
    "the of and a an to in is that it was for on are as with his they i at be this have from or had by but not what all were we " +
    "when your can said there each which she do how their if will up other about out many then them these so some her would him " +
    "into has two more no my than first been who its it's now did get may you he me us our only just also very any over such even " +
    "most because after before while where does could should must being here own too again am yes don't i'm isn't it'll that's"
  ).split(" "),
);

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

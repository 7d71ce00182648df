import type { CalibrationSet } from "./calibration-set.js";

/** Text that variants are measured on: calibrating on it would flatter them. */
export interface EvaluationTokens {
  /** "data/text/mini.txt" */
  readonly name: string;
  readonly tokens: readonly number[];
}

/** What is looked at beside the set. */
export interface AuditRequest {
  readonly decode: (tokens: readonly number[]) => string;
  /** How many tokens the model knows. */
  readonly vocabulary: number;
  readonly evaluation: readonly EvaluationTokens[];
}

/** What a calibration set is like, for a small table. Shares are 0–1. */
export interface CalibrationAudit {
  readonly name: string;
  readonly digest: string;
  readonly sequences: number;
  readonly tokens: number;
  /** Sequences that are equal to an earlier one. */
  readonly duplicates: number;
  /** Share of the set's 13-grams that occurred before in it. */
  readonly repeated: number;
  /** Different tokens. */
  readonly distinctTokens: number;
  /** Share of the vocabulary that occurs. */
  readonly coverage: number;
  /** Share of the letters by script, the most frequent first. */
  readonly scripts: readonly { readonly script: string; readonly share: number }[];
  /** Share of each evaluation text's 13-grams that the set holds. */
  readonly overlaps: readonly { readonly name: string; readonly share: number }[];
  /** What a person should know before trusting figures of this set. */
  readonly warnings: readonly string[];
}

/** Tokens of an n-gram that counts as the same text. Brown et al. 2020 (GPT-3), appendix C, has 13 words. */
const GRAM = 13;
const SCRIPTS = ["Latin", "Cyrillic", "Greek", "Han", "Hiragana", "Katakana", "Hangul", "Arabic", "Hebrew", "Devanagari", "Thai"];

/** Looks a calibration set over: doubles, overlap with what is measured later, scripts, tokens. */
export function auditCalibration(set: CalibrationSet, { decode, vocabulary, evaluation }: AuditRequest): CalibrationAudit {
  const sequences = Array.from({ length: set.samples }, (_, i) => [...set.tokens.subarray(i * set.length, (i + 1) * set.length)]);
  const all = sequences.flatMap(grams);
  const known = new Set(all);
  const distinctTokens = new Set(set.tokens).size;
  const found = {
    duplicates: set.samples - new Set(sequences.map(String)).size,
    repeated: all.length === 0 ? 0 : 1 - known.size / all.length,
    scripts: scriptShares(sequences.map((sequence) => decode(sequence)).join("\n")),
    overlaps: evaluation.map(({ name, tokens }) => ({ name, share: shareIn(grams(tokens), known) })),
  };
  return {
    ...{ name: set.name, digest: set.digest, sequences: set.samples, tokens: set.tokens.length },
    ...found,
    ...{ distinctTokens, coverage: distinctTokens / vocabulary, warnings: warningsOf(found) },
  };
}

function grams(tokens: readonly number[]): string[] {
  return Array.from({ length: Math.max(0, tokens.length - GRAM + 1) }, (_, i) => tokens.slice(i, i + GRAM).join(" "));
}

function shareIn(some: readonly string[], known: ReadonlySet<string>): number {
  return some.length === 0 ? 0 : some.filter((gram) => known.has(gram)).length / some.length;
}

function scriptShares(text: string): { script: string; share: number }[] {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const counts = SCRIPTS.map((script) => ({
    script,
    count: text.match(new RegExp(`(?=\\p{L})\\p{Script=${script}}`, "gu"))?.length ?? 0,
  }));
  const others = letters - counts.reduce((sum, { count }) => sum + count, 0);
  return [...counts, { script: "other", count: others }]
    .filter(({ count }) => count > 0)
    .map(({ script, count }) => ({ script, share: count / letters }))
    .sort((a, b) => b.share - a.share);
}

/** Beyond these a warning is due. */
const MOST_REPEATED = 0.05;
const MOST_OVERLAP = 0.001;
const ONE_SCRIPT = 0.99;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Those of its warnings that put figures in doubt, whatever the set is for: doubles, and overlap with what variants are measured on. */
export function graveWarnings({
  duplicates,
  repeated,
  overlaps,
}: Pick<CalibrationAudit, "duplicates" | "repeated" | "overlaps">): string[] {
  return [
    ...(duplicates > 0 ? [`${duplicates} sequences are there twice or more`] : []),
    ...(repeated > MOST_REPEATED ? [`${percent(repeated)} of its ${GRAM}-grams repeat earlier ones`] : []),
    ...overlaps
      .filter(({ share }) => share > MOST_OVERLAP)
      .map(({ name, share }) => `${percent(share)} of the ${GRAM}-grams of ${name}, which variants are measured on, are in it`),
  ];
}

function warningsOf(found: Pick<CalibrationAudit, "duplicates" | "repeated" | "scripts" | "overlaps">): string[] {
  const { scripts } = found;
  return [
    ...graveWarnings(found),
    ...(scripts.length > 0 && scripts[0].share > ONE_SCRIPT
      ? [`all but ${percent(1 - scripts[0].share)} of its letters are ${scripts[0].script}: it says little of other scripts`]
      : []),
  ];
}

import { z } from "zod";

import { InputError } from "../core/errors.js";
import { SPACE } from "./pieces.js";
import { PRE_TOKENIZERS } from "./pre-tokenizers.js";
import type { PreTokenizer } from "./pre-tokenizers.js";
import type { MergedPiecesVocabulary } from "./vocabulary.js";

/** One normalizer, pre-tokenizer, post-processor or decoder of a tokenizer.json. */
export interface Step {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Regular expressions of pre-tokenizers, as models' files spell them, and the names under which they are known here. */
const tiktoken = (digits: string): string =>
  String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|${digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const NAMES_BY_PATTERN: ReadonlyMap<string, string> = new Map([
  [tiktoken(String.raw`\p{N}{1,3}`), "llama-bpe"],
  [tiktoken(String.raw`\p{N}`), "qwen2"],
]);

const Digits = z.looseObject({ type: z.literal("Digits"), individual_digits: z.literal(true) });
const ByteLevel = z.looseObject({ type: z.literal("ByteLevel"), add_prefix_space: z.literal(false) });
const WithPattern = ByteLevel.extend({ use_regex: z.literal(true).default(true) });
const WithoutPattern = ByteLevel.extend({ use_regex: z.literal(false) });
const Split = z.looseObject({
  type: z.literal("Split"),
  pattern: z.object({ Regex: z.string() }),
  behavior: z.literal("Isolated"),
  invert: z.literal(false),
});
const sequence = <T extends z.ZodType>(field: string, steps: T) => z.looseObject({ type: z.literal("Sequence"), [field]: steps });

/** How a byte-level tokenizer.json splits text. @throws InputError for a way that isn't known */
export function preTokenizerOfJson(where: string, step: Step | null | undefined): PreTokenizer {
  const name = preTokenizerName(step);
  const found = name === undefined ? undefined : PRE_TOKENIZERS.get(name);
  if (found !== undefined) return found;
  throw unknownStep(where, "pre_tokenizer", step, `that of ${[...PRE_TOKENIZERS.keys()].join(", ")}`);
}

function preTokenizerName(step: unknown): string | undefined {
  if (WithPattern.safeParse(step).success) return "gpt2";
  if (sequence("pretokenizers", z.tuple([Digits, WithPattern])).safeParse(step).success) return "smollm";
  const bySplit = z.looseObject({ type: z.literal("Sequence"), pretokenizers: z.tuple([Split, WithoutPattern]) }).safeParse(step);
  return bySplit.success ? NAMES_BY_PATTERN.get(bySplit.data.pretokenizers[0].pattern.Regex) : undefined;
}

/** The name that GGUF files give a way of splitting. @throws Error for one that none has */
export function preTokenizerNameOf({ pattern, wordsFirst }: PreTokenizer): string {
  const same = ([, one]: readonly [string, PreTokenizer]): boolean =>
    one.pattern.source === pattern.source && one.wordsFirst === wordsFirst;
  const found = [...PRE_TOKENIZERS].find(same);
  if (found === undefined) throw new Error("a pre-tokenizer without a name");
  return found[0];
}

/** How a tokenizer.json says that text is split; `preTokenizerOfJson` reads it. @throws Error for a way that none has */
export function preTokenizerStep(preTokenizer: PreTokenizer): Step {
  const byLevel = (usesPattern: boolean): Step => ({
    type: "ByteLevel",
    add_prefix_space: false,
    trim_offsets: true,
    use_regex: usesPattern,
  });
  const name = preTokenizerNameOf(preTokenizer);
  if (name === "gpt-2") return byLevel(true);
  if (name === "smollm") {
    return { type: "Sequence", pretokenizers: [{ type: "Digits", individual_digits: true }, byLevel(true)] };
  }
  const regex = [...NAMES_BY_PATTERN].find(([, known]) => known === name)?.[0];
  if (regex === undefined) throw new Error(`no regular expression of ${name}`);
  const split = { type: "Split", pattern: { Regex: regex }, behavior: "Isolated", invert: false };
  return { type: "Sequence", pretokenizers: [split, byLevel(false)] };
}

/** Whether text is brought into Unicode's composed form. @throws InputError for any other normalizer */
export function isComposed(where: string, step: Step | null | undefined): boolean {
  if (step === null || step === undefined) return false;
  if (step.type === "NFC") return true;
  if (z.looseObject({ type: z.literal("Sequence"), normalizers: z.tuple([]) }).safeParse(step).success) return false;
  throw unknownStep(where, "normalizer", step, "none or NFC, for byte-level BPE");
}

const Prepend = z.looseObject({ type: z.literal("Prepend"), prepend: z.literal(SPACE) });
const Replace = z.looseObject({
  type: z.literal("Replace"),
  pattern: z.object({ String: z.literal(" ") }),
  content: z.literal(SPACE),
});
const Metaspace = z.looseObject({
  type: z.literal("Metaspace"),
  replacement: z.literal(SPACE),
  prepend_scheme: z.enum(["always", "first", "never"]),
  split: z.literal(false),
});

/** Where a SentencePiece tokenizer.json puts spaces before text. @throws InputError for a way that isn't known */
export function spacePrefixOf(
  where: string,
  normalizer: Step | null | undefined,
  preTokenizer: Step | null | undefined,
): MergedPiecesVocabulary["spacePrefix"] {
  const isPlain = preTokenizer === null || preTokenizer === undefined;
  if (isPlain) {
    if (sequence("normalizers", z.tuple([Prepend, Replace])).safeParse(normalizer).success) return "always";
    const onlySpaces = z.union([Replace, sequence("normalizers", z.tuple([Replace]))]);
    if (onlySpaces.safeParse(normalizer).success) return "never";
    throw unknownStep(where, "normalizer", normalizer, `Prepend and Replace of "${SPACE}"`);
  }
  const metaspace = Metaspace.safeParse(preTokenizer);
  if (!metaspace.success) throw unknownStep(where, "pre_tokenizer", preTokenizer, "none, or Metaspace that doesn't split");
  if (normalizer !== null && normalizer !== undefined)
    throw unknownStep(where, "normalizer", normalizer, "none beside Metaspace");
  const { prepend_scheme: scheme } = metaspace.data;
  return scheme === "always" ? "unless-there" : scheme;
}

const SPECIAL = z.object({ SpecialToken: z.looseObject({ id: z.string() }) });
const Template = z.looseObject({
  type: z.literal("TemplateProcessing"),
  single: z.union([
    z.tuple([z.looseObject({ Sequence: z.unknown() })]),
    z.tuple([SPECIAL, z.looseObject({ Sequence: z.unknown() })]),
  ]),
});

/** The text of the token that is put before raw text, if any. @throws InputError for a post-processor that does anything else */
export function addsBosOf(where: string, step: Step | null | undefined): string | undefined {
  if (step === null || step === undefined || step.type === "ByteLevel") return undefined;
  const processors = z.looseObject({ type: z.literal("Sequence"), processors: z.array(z.looseObject({ type: z.string() })) });
  const inSequence = processors.safeParse(step).data?.processors;
  if (inSequence !== undefined) {
    return inSequence.map((one) => addsBosOf(where, one)).find((token) => token !== undefined);
  }
  const template = Template.safeParse(step);
  if (!template.success) throw unknownStep(where, "post_processor", step, "one token before the text, or none");
  const first = SPECIAL.safeParse(template.data.single[0]);
  return first.data?.SpecialToken.id;
}

const PIECES = "Replace,ByteFallback,Fuse";

/**
 * @param strips whether a space was put before the text, which must be taken away again
 * @throws InputError for a decoder that is neither ByteLevel nor SentencePiece's sequence
 */
export function checkDecoder(where: string, step: Step | null | undefined, strips: boolean): void {
  if (step?.type === "ByteLevel") return;
  const decoders = z.looseObject({ type: z.literal("Sequence"), decoders: z.array(z.looseObject({ type: z.string() })) });
  const types = decoders
    .safeParse(step)
    .data?.decoders.map(({ type }) => type)
    .join(",");
  const expected = strips ? `${PIECES},Strip` : PIECES;
  if (types !== expected) throw unknownStep(where, "decoder", step, `ByteLevel, or the sequence ${expected}`);
}

function unknownStep(where: string, field: string, step: unknown, expected: string): InputError {
  const found = (JSON.stringify(step) ?? "nothing").slice(0, 200);
  return new InputError({ where: `${where}, field ${field}`, found, expected, remedy: "others are not supported" });
}

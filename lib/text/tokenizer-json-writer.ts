import { SPACE } from "./pieces.js";
import { preTokenizerStep } from "./tokenizer-json-steps.js";
import type { Step } from "./tokenizer-json-steps.js";
import { TOKEN_KIND } from "./vocabulary.js";
import type { ByteLevelVocabulary, MergedPiecesVocabulary, SentencePieceVocabulary, Vocabulary } from "./vocabulary.js";

type PieceVocabulary = SentencePieceVocabulary | MergedPiecesVocabulary;

/** A vocabulary as Hugging Face's tokenizers read it: the value of a tokenizer.json. `readTokenizerJson` reads it again. */
export function tokenizerJsonOf(vocabulary: Vocabulary): Readonly<Record<string, unknown>> {
  const steps = vocabulary.model === "byte-level" ? byteLevelSteps(vocabulary) : pieceSteps(vocabulary);
  return {
    ...{ version: "1.0", truncation: null, padding: null },
    added_tokens: addedTokens(vocabulary),
    ...steps,
    post_processor: withBos(vocabulary),
    model: {
      ...{ type: "BPE", dropout: null, continuing_subword_prefix: null, end_of_word_suffix: null },
      unk_token: unknownToken(vocabulary) ?? null,
      fuse_unk: vocabulary.model !== "byte-level",
      byte_fallback: vocabulary.model !== "byte-level",
      ignore_merges: vocabulary.model === "byte-level" && vocabulary.preTokenizer.wordsFirst,
      vocab: Object.fromEntries(idsByText(vocabulary)),
      merges: mergesOf(vocabulary),
    },
  };
}

/** The value of the tokenizer_config.json beside it. @param chatTemplate in Jinja */
export function tokenizerConfigOf(vocabulary: Vocabulary, chatTemplate: string | undefined): Readonly<Record<string, unknown>> {
  const { tokens, bos, eos, addsBos } = vocabulary;
  const unknown = unknownToken(vocabulary);
  return {
    tokenizer_class: "PreTrainedTokenizerFast",
    clean_up_tokenization_spaces: false,
    add_bos_token: addsBos,
    ...(bos === undefined ? {} : { bos_token: tokens[bos] }),
    ...(eos === undefined ? {} : { eos_token: tokens[eos] }),
    ...(unknown === undefined ? {} : { unk_token: unknown }),
    ...(chatTemplate === undefined ? {} : { chat_template: chatTemplate }),
  };
}

function unknownToken({ tokens, kinds }: Vocabulary): string | undefined {
  const id = kinds.indexOf(TOKEN_KIND.unknown);
  return id < 0 ? undefined : tokens[id];
}

/** The first token of each text: rows of the embedding without a text of their own can't be read. */
function idsByText({ tokens }: Vocabulary): Map<string, number> {
  const ids = new Map<string, number>();
  tokens.forEach((text, id) => text === "" || ids.has(text) || ids.set(text, id));
  return ids;
}

const ADDED = new Set<number>([TOKEN_KIND.control, TOKEN_KIND.unknown, TOKEN_KIND.userDefined]);

function addedTokens({ tokens, kinds }: Vocabulary): object[] {
  const isAdded = (id: number): boolean => tokens[id] !== "" && ADDED.has(kinds[id]);
  const always = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  return tokens.flatMap((content, id) =>
    isAdded(id) ? [{ id, content, ...always, special: kinds[id] !== TOKEN_KIND.userDefined }] : [],
  );
}

const BYTE_LEVEL: Step = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };

function byteLevelSteps({ normalizes, preTokenizer }: ByteLevelVocabulary): Readonly<Record<string, Step | null>> {
  return {
    normalizer: normalizes === true ? { type: "NFC" } : null,
    pre_tokenizer: preTokenizerStep(preTokenizer),
    decoder: BYTE_LEVEL,
  };
}

function pieceSteps(vocabulary: PieceVocabulary): Readonly<Record<string, Step | null>> {
  const prefix = spacePrefixOf(vocabulary);
  const spaces = { type: "Replace", pattern: { String: " " }, content: SPACE };
  const prepended = { type: "Sequence", normalizers: [{ type: "Prepend", prepend: SPACE }, spaces] };
  const scheme = prefix === "unless-there" ? "always" : prefix;
  const metaspace = { type: "Metaspace", replacement: SPACE, prepend_scheme: scheme, split: false };
  const byNormalizer = prefix === "always" || prefix === "never";
  const strip = prefix === "never" ? [] : [{ type: "Strip", content: " ", start: 1, stop: 0 }];
  const unspaced = { type: "Replace", pattern: { String: SPACE }, content: " " };
  return {
    normalizer: prefix === "always" ? prepended : prefix === "never" ? spaces : null,
    pre_tokenizer: byNormalizer ? null : metaspace,
    decoder: { type: "Sequence", decoders: [unspaced, { type: "ByteFallback" }, { type: "Fuse" }, ...strip] },
  };
}

function spacePrefixOf(vocabulary: PieceVocabulary): MergedPiecesVocabulary["spacePrefix"] {
  if (vocabulary.model === "merged-pieces") return vocabulary.spacePrefix;
  return vocabulary.addsSpacePrefix ? "always" : "never";
}

/** One token before the text, where the model wants one. */
function withBos({ model, tokens, bos, addsBos }: Vocabulary): Step | null {
  if (!addsBos || bos === undefined) return model === "byte-level" ? BYTE_LEVEL : null;
  const token = tokens[bos];
  const start = { SpecialToken: { id: token, type_id: 0 } };
  const text = (id: string): object => ({ Sequence: { id, type_id: 0 } });
  return {
    type: "TemplateProcessing",
    single: [start, text("A")],
    pair: [start, text("A"), start, text("B")],
    special_tokens: { [token]: { id: token, ids: [bos], tokens: [token] } },
  };
}

function mergesOf(vocabulary: Vocabulary): readonly (readonly [string, string])[] {
  if (vocabulary.model === "merged-pieces") return vocabulary.merges;
  if (vocabulary.model === "sentence-piece") return mergesFromScores(vocabulary);
  return vocabulary.merges.map((merge): [string, string] => {
    const space = merge.indexOf(" ", 1);
    return [merge.slice(0, space), merge.slice(space + 1)];
  });
}

/** Each way to make a piece of two others, in the order in which SentencePiece makes the pieces: by score. */
export function mergesFromScores(vocabulary: SentencePieceVocabulary): [string, string][] {
  const { tokens, kinds, scores } = vocabulary;
  const ids = new Map([...idsByText(vocabulary)].filter(([, id]) => kinds[id] === TOKEN_KIND.normal));
  const byScore = [...ids.values()].sort((a, b) => scores[b] - scores[a]);
  return byScore.flatMap((id) => {
    const characters = Array.from(tokens[id]);
    const splits: [string, string][] = [];
    for (let at = 1; at < characters.length; at++) {
      const [left, right] = [characters.slice(0, at).join(""), characters.slice(at).join("")];
      if (ids.has(left) && ids.has(right)) splits.push([left, right]);
    }
    const order = ([left, right]: [string, string]): number => (ids.get(left) ?? 0) * tokens.length + (ids.get(right) ?? 0);
    return splits.sort((a, b) => order(a) - order(b));
  });
}

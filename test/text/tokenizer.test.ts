import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { InputError } from "../../lib/core/errors.js";
import { createTokenizer, readVocabulary } from "../../lib/text/index.js";
import type { Tokenizer } from "../../lib/text/index.js";
import { PRE_TOKENIZERS } from "../../lib/text/pre-tokenizers.js";
import { toyMetadata, USER_DEFINED } from "./toy-vocabulary.js";

const MERGES = ["h e", "l l", "he ll", "hell o", "Ġ w", "Ġw o", "a a", "aa aa", "1 2", "Ã ©", "Ġ Ġ"];

function toyTokenizer(extra: Record<string, unknown> = {}, merges: readonly string[] = MERGES): Tokenizer {
  return createTokenizer("toy.gguf", readVocabulary("toy.gguf", toyMetadata(merges, extra)));
}

/** Token texts, for readable expectations. */
function pieces(tokenizer: Tokenizer, text: string, parseSpecial = false): string[] {
  const tokens = toyMetadata(MERGES).get("tokenizer.ggml.tokens");
  return tokenizer.encode(text, { parseSpecial }).map((id) => (Array.isArray(tokens) ? String(tokens[id]) : ""));
}

describe("encoding", () => {
  test.each([
    ["hello", ["hello"]],
    ["hell", ["hell"]],
    ["helo", ["he", "l", "o"]],
    ["hello wow", ["hello", "Ġwo", "w"]],
    ["aaaaaaa", ["aaaa", "aa", "a"]],
    ["é", ["Ã©"]],
    ["", []],
  ])("applies the strongest merge first within words: %j", (text, expected) => {
    expect(pieces(toyTokenizer(), text)).toEqual(expected);
  });

  test("gives the same for a long word as its pieces' merges say", () => {
    expect(pieces(toyTokenizer(), "a".repeat(403))).toEqual([...Array.from({ length: 100 }, () => "aaaa"), "aa", "a"]);
  });

  test("reads special tokens only where asked to, and user-defined ones always", () => {
    const tokenizer = toyTokenizer();
    expect(pieces(tokenizer, "<|im_end|>hello", true)).toEqual(["<|im_end|>", "hello"]);
    expect(tokenizer.encode("<|im_end|>")).toHaveLength(10);
    expect(pieces(tokenizer, `hello${USER_DEFINED}hello`)).toEqual(["hello", USER_DEFINED, "hello"]);
  });

  test("leaves out bytes that the vocabulary lacks", () => {
    const metadata = toyMetadata(MERGES);
    const tokens = metadata.get("tokenizer.ggml.tokens");
    const without = Array.isArray(tokens) ? tokens.map((token: unknown) => (token === "!" ? "(gone)" : token)) : [];
    const tokenizer = createTokenizer("toy", readVocabulary("toy", metadata.set("tokenizer.ggml.tokens", without)));
    expect(tokenizer.decode(tokenizer.encode("hello! wow!"))).toBe("hello wow");
  });
});

describe("decode(encode(text)) is the text", () => {
  const tokenizers = [...PRE_TOKENIZERS.keys()].map((name) => [name, toyTokenizer({ "tokenizer.ggml.pre": name })] as const);
  const text = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({
      unit: fc.constantFrom("a", "1", "½", " ", "\n", "\r", "\t", "'s", "'S", "é", "中", "\u0085", "\ufeff", "!", "🙂"),
      maxLength: 60,
    }),
    fc.string({ unit: fc.constantFrom("a", "h", "e", "l", "o"), minLength: 40, maxLength: 120 }),
  );
  test.each(tokenizers)("with pre-tokenizer %s", (_, tokenizer) => {
    fc.assert(
      fc.property(text, (each) => {
        expect(tokenizer.decode(tokenizer.encode(each))).toBe(each);
      }),
    );
  });

  test("with U+FFFD in place of lone surrogates", () => {
    const tokenizer = toyTokenizer();
    expect(tokenizer.decode(tokenizer.encode("a\ud800b\udc00"))).toBe("a\ufffdb\ufffd");
  });

  test("without the special tokens, and with U+FFFD for bytes that are no UTF-8", () => {
    const tokenizer = toyTokenizer();
    const cut = tokenizer.encode("中").slice(0, 2);
    expect(tokenizer.decode([1, ...tokenizer.encode("hello"), 2, ...cut])).toBe("hello\ufffd");
  });
});

test("merging by heap and by scan agree, whatever the word", () => {
  const tokenizer = toyTokenizer();
  const word = fc
    .array(fc.constantFrom("a", "h", "e", "l", "o", "w"), { minLength: 49, maxLength: 90 })
    .map((list) => list.join(""));
  // A word of over 48 letters goes by heap. No merge joins "w" with a letter before it, so the parts between go by scan.
  const byParts = (text: string): number[] => (text.match(/w|[^w]+/g) ?? []).flatMap((part) => tokenizer.encode(part));
  fc.assert(
    fc.property(word, (text) => {
      expect(tokenizer.encode(text)).toEqual(byParts(text));
    }),
  );
});

describe("words are split as each pre-tokenizer's rules say", () => {
  const cases: [string, string, string[]][] = [
    ["gpt-2", "I'm 12  years", ["I", "'m", " 12", " ", " years"]],
    ["gpt-2", "a\n\n b", ["a", "\n\n", " b"]],
    ["smollm", "x12 ½", ["x", "1", "2", " ", "½"]],
    ["smollm", "a  7", ["a", "  ", "7"]],
    ["llama-bpe", "1234 I'M x\n\n", ["123", "4", " I", "'M", " x", "\n\n"]],
    ["qwen2", "12 (ab", ["1", "2", " (", "ab"]],
  ];
  test.each(cases)("%s: %j", (name, text, words) => {
    expect(text.match(PRE_TOKENIZERS.get(name)?.pattern ?? /$^/g)).toEqual(words);
  });
});

describe("a vocabulary", () => {
  test("knows where sequences begin and end", () => {
    expect(toyTokenizer()).toMatchObject({ endOfText: [2], vocabularySize: 3 + 256 + MERGES.length + 1 });
    expect(toyTokenizer().bos).toBeUndefined();
    expect(toyTokenizer({ "tokenizer.ggml.add_bos_token": true }).bos).toBe(1);
    expect(toyTokenizer({ "tokenizer.ggml.pre": "llama-bpe" }).bos).toBe(1);
  });

  test.each([
    ["llama-bpe", 1],
    ["gpt-2", 3],
  ])("of a %s model gives a word that is a token but no merge's result as %i tokens", (name, count) => {
    const metadata = toyMetadata([], { "tokenizer.ggml.pre": name });
    const append = (key: string, value: unknown) => metadata.set(key, [metadata.get(key), value].flat());
    append("tokenizer.ggml.tokens", "now");
    append("tokenizer.ggml.token_type", 1);
    const tokenizer = createTokenizer("toy", readVocabulary("toy", metadata));
    expect(tokenizer.encode("now")).toHaveLength(count);
    expect(tokenizer.decode(tokenizer.encode("now"))).toBe("now");
  });

  const cases: [string, Record<string, unknown>, RegExp][] = [
    ["another tokenizer", { "tokenizer.ggml.model": "bert" }, /tokenizer\.ggml\.model.*"bert"/],
    ["an unknown pre-tokenizer", { "tokenizer.ggml.pre": "smolm" }, /no "smolm".*did you mean/i],
    ["tokens that are no texts", { "tokenizer.ggml.tokens": [1, 2] }, /tokenizer\.ggml\.tokens/],
    ["too few kinds", { "tokenizer.ggml.token_type": [1] }, /token_type.*1 entries/],
    ["an id beyond the vocabulary", { "tokenizer.ggml.eos_token_id": 100_000 }, /eos_token_id.*100000/],
    ["a negative id", { "tokenizer.ggml.bos_token_id": -1 }, /bos_token_id/],
    ["merges of unknown tokens", { "tokenizer.ggml.merges": ["zz zz"] }, /merges, entry 0.*zz zz/],
    ["a merge without a space", { "tokenizer.ggml.merges": ["zz"] }, /merges, entry 0/],
  ];
  test.each(cases)("is refused with %s", (_, extra, message) => {
    expect(() => toyTokenizer(extra)).toThrow(InputError);
    expect(() => toyTokenizer(extra)).toThrow(message);
  });
});

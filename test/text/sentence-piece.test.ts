import { readFileSync } from "node:fs";

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";

import { InputError } from "../../lib/core/errors.js";
import { createTokenizer, readVocabulary } from "../../lib/text/index.js";

const Fixture = z.object({
  tokens: z.array(z.string()),
  scores: z.array(z.number()),
  kinds: z.array(z.number()),
  cases: z.array(z.object({ text: z.string(), ids: z.array(z.number()), decoded: z.string() })),
});
const { tokens, scores, kinds, cases } = Fixture.parse(
  JSON.parse(readFileSync(new URL("fixtures/sentence_piece.json", import.meta.url), "utf8")),
);

const tokenizerOf = (extra: Record<string, unknown> = {}) => {
  const metadata = {
    "tokenizer.ggml.model": "llama",
    "tokenizer.ggml.tokens": tokens,
    "tokenizer.ggml.scores": scores,
    "tokenizer.ggml.token_type": kinds,
    "tokenizer.ggml.bos_token_id": 1,
    "tokenizer.ggml.eos_token_id": 2,
  };
  return createTokenizer("toy", readVocabulary("toy", new Map<string, unknown>(Object.entries({ ...metadata, ...extra }))));
};

describe("a SentencePiece vocabulary", () => {
  const tokenizer = tokenizerOf();

  test.each(cases)("tokenizes $text as the sentencepiece library does", ({ text, ids, decoded }) => {
    expect(tokenizer.encode(text)).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(decoded);
  });

  test("wants a beginning of sequence unless its file says otherwise", () => {
    expect(tokenizer).toMatchObject({ bos: 1, endOfText: [2] });
    expect(tokenizerOf({ "tokenizer.ggml.add_bos_token": false }).bos).toBeUndefined();
  });

  test("reads control tokens only where asked to", () => {
    expect(tokenizer.encode("<s>", { parseSpecial: true })).toEqual([1]);
    expect(tokenizer.encode("<s>")).not.toContain(1);
  });

  test("puts no space before a text where its file says so", () => {
    const plain = tokenizerOf({ "tokenizer.ggml.add_space_prefix": false });
    expect(plain.decode(plain.encode("sea"))).toBe("sea");
    expect(plain.encode(" sea")).toEqual(tokenizer.encode("sea"));
  });

  test("gives every text back", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 40 }).filter((each) => !each.includes("\u2581"));
    fc.assert(
      fc.property(text, (each) => {
        expect(tokenizer.decode(tokenizer.encode(each))).toBe(each);
      }),
    );
  });

  test("is refused with too few scores", () => {
    expect(() => tokenizerOf({ "tokenizer.ggml.scores": [0] })).toThrow(InputError);
    expect(() => tokenizerOf({ "tokenizer.ggml.scores": [0] })).toThrow(/scores: found 1 entries/);
  });
});

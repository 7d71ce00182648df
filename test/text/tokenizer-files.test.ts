import { readFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";

import { createTokenizer, type Tokenizer, type TokenizerFiles, vocabularyFromFiles } from "../../lib/text/index.js";

const folder = join(import.meta.dirname, "fixtures/tokenizers");
const Case = z.object({
  text: z.string(),
  plain: z.array(z.number()),
  special: z.array(z.number()).optional(),
  decoded: z.string(),
});
const cases = z.record(z.string(), z.array(Case)).parse(JSON.parse(readFileSync(join(folder, "cases.json"), "utf8")));

const files = (changes: Partial<TokenizerFiles>): TokenizerFiles => ({
  ...{ folder: "toy", json: undefined, model: undefined, config: undefined, bos: undefined, eos: [], size: 600 },
  ...changes,
});

function tokenizerNamed(name: string): Tokenizer {
  const model = name === "pieces" ? readFileSync(join(folder, "pieces.model")) : undefined;
  const json: unknown = name === "pieces" ? undefined : JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
  return createTokenizer("toy", vocabularyFromFiles(files({ json, model })));
}

describe.each(Object.keys(cases))("the tokenizer %s equals the library that its model came with", (name) => {
  const tokenizer = tokenizerNamed(name);

  test.each(cases[name])("in %j", ({ text, plain, special, decoded }) => {
    expect(tokenizer.encode(text)).toEqual(plain);
    if (special !== undefined) expect(tokenizer.encode(text, { parseSpecial: true })).toEqual(special);
    expect(tokenizer.decode(plain)).toBe(decoded);
  });

  test("gives any text back that is in composed form", () => {
    const text = fc.string({ unit: "binary", maxLength: 40 }).map((value) => value.normalize("NFC"));
    const isSpaced = (value: string): boolean => (name === "mistral" || name === "metaspace" ? !/^[ \u2581]/.test(value) : true);
    fc.assert(
      fc.property(text.filter(isSpaced), (value) => {
        const expected = ["llama2", "mistral", "metaspace", "pieces"].includes(name) ? value.replaceAll("\u2581", " ") : value;
        expect(tokenizer.decode(tokenizer.encode(value))).toBe(expected);
      }),
      { numRuns: 200 },
    );
  });
});

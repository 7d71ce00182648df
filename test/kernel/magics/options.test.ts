import { describe, expect, test } from "vitest";
import { InputError } from "../../../lib/core/errors.js";
import { readCall, readWords, type Given } from "../../../kernel/magics/options.js";
import { choice, flag, integer, list, number, required, text } from "../../../kernel/magics/parameters.js";
import { splitWords } from "../../../kernel/magics/words.js";

const signature = {
  name: "compress",
  positional: { methods: required(list(choice("what to do", ["rtn", "gptq", "awq"]))) },
  options: {
    bits: list(integer("bits a weight", { min: 2, max: 8 })),
    damp: number("share of the mean diagonal", { default: 0.01 }),
    symmetric: flag("one grid around zero"),
    maxTokens: integer("tokens of an answer", { default: 24 }),
    system: text("system prompt"),
  },
};
const defaults = { bits: undefined, damp: 0.01, symmetric: false, maxTokens: 24, system: undefined };

const read = (line: string, ...values: unknown[]): Given => readWords(signature, splitWords(line.split("{}"), values));

function message(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return "nothing was thrown";
}

describe("a magic's line", () => {
  test.each([
    ["rtn", { methods: ["rtn"] }],
    ["rtn,gptq --bits 3,4", { methods: ["rtn", "gptq"], bits: [3, 4] }],
    ["rtn gptq awq", { methods: ["rtn", "gptq", "awq"] }],
    ["--bits=3 rtn", { methods: ["rtn"], bits: [3] }],
    ["rtn --symmetric --damp 1e-3", { methods: ["rtn"], symmetric: true, damp: 0.001 }],
    ["rtn --symmetric --no-symmetric", { methods: ["rtn"], symmetric: false }],
    ["rtn --max-tokens 8", { methods: ["rtn"], maxTokens: 8 }],
    ['rtn --system "be kind"', { methods: ["rtn"], system: "be kind" }],
    ["rtn --system='it is so'", { methods: ["rtn"], system: "it is so" }],
    ["rtn --system it's", { methods: ["rtn"], system: "it's" }],
    ["rtn // all of it", { methods: ["rtn"] }],
  ])("%j is read", (line, expected) => expect(read(line)).toEqual({ ...defaults, ...expected }));

  test("values in braces arrive as they are", () => {
    expect(read("{} --bits {}", ["rtn", "awq"], [3, 8])).toEqual({ ...defaults, methods: ["rtn", "awq"], bits: [3, 8] });
    expect(read("{} --bits={}", "rtn", 4)).toEqual({ ...defaults, methods: ["rtn"], bits: [4] });
  });

  test.each([
    ["rtn --bts 3", /no option --bts.*Did you mean --bits/],
    ["rtn --maxTokens 3", /no option --maxTokens.*Did you mean --max-tokens/],
    ["gptx", /%compress, methods: found no "gptx", expected one of awq, gptq, rtn.*did you mean "gptq"/i],
    ["rtn --bits 9", /option --bits: found "9", expected a whole number from 2 to 8/],
    ["rtn --bits 3.5", /found "3.5"/],
    ["rtn --bits", /option --bits: found no value/],
    ["", /%compress: found no methods.*%compress\? shows/],
    ["rtn --symmetric=perhaps", /found "perhaps"/],
  ])("%j is refused by name", (line, expected) => expect(message(() => read(line))).toMatch(expected));

  test("a value of the wrong type is refused", () => {
    expect(message(() => read("{}", 5))).toMatch(/%compress, methods: found 5, expected one of rtn, gptq, awq/);
    expect(message(() => read("rtn --damp {}", "much"))).toMatch(/--damp: found "much", expected a number/);
  });
});

describe("a magic's function form", () => {
  test("positional values, then an object of options", () => {
    expect(readCall(signature, [["rtn"], { bits: [4], symmetric: true }])).toEqual({
      ...defaults,
      methods: ["rtn"],
      bits: [4],
      symmetric: true,
    });
  });

  test("one value will do for a list, and words of a line too", () => {
    expect(readCall(signature, ["rtn,awq", { bits: 4 }])).toEqual({
      ...defaults,
      methods: ["rtn", "awq"],
      bits: [4],
    });
  });

  test.each([
    [["rtn", { bts: 4 }], /no option bts.*Did you mean bits/],
    [["rtn", "awq"], /the word "awq" too many/],
    [[{ bits: 4 }], /found no methods/],
    [["rtn", { maxTokens: "many" }], /found "many", expected a whole number/],
  ])("%j is refused by name", (values, expected) => expect(message(() => readCall(signature, values))).toMatch(expected));
});

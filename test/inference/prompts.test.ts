import { describe, expect, test } from "vitest";

import { joinContinuations, renderPrompt } from "../../lib/inference/prompts.js";
import { toyModel } from "../toy-model.js";

const model = toyModel({ context: 20 });
const withBos = { ...model, tokenizer: { ...model.tokenizer, bos: 5 } };
const text = "intro, one, two, end";
const omissible: (readonly [number, number])[] = [
  [7, 12],
  [12, 17],
];

describe("a raw text that is too long", () => {
  test.each([
    [0, "intro, one, two, end"],
    [1, "intro, one, end"],
    [5, "intro, one, end"],
    [6, "intro, end"],
    [100, "intro, end"],
  ])("with an answer of %i tokens is asked as %j: the last example goes first", (room, shown) => {
    const rendered = renderPrompt(model, { text, omissible }, room);
    expect(rendered.text).toBe(shown);
    expect(rendered.tokens).toEqual(model.tokenizer.encode(shown));
  });

  test("keeps everything where nothing may go", () => expect(renderPrompt(model, { text }, 5).text).toBe(text));
});

describe("a model that wants a first token before raw text", () => {
  test("gets it, and it takes room", () => {
    const { text: shown, tokens } = renderPrompt(withBos, { text, omissible }, 0);
    expect(shown).toBe("intro, one, end");
    expect(tokens).toEqual([5, ...model.tokenizer.encode(shown)]);
  });

  test("gets it once before a text with its continuations", () => {
    const prompt = { text: "ab" };
    const rendered = renderPrompt(withBos, prompt);
    const { rows, from } = joinContinuations(withBos, { prompt, rendered }, { continuations: ["c", "dd"], index: 0 });
    expect(rows).toEqual(["abc", "abdd"].map((whole) => [5, ...model.tokenizer.encode(whole)]));
    expect(from).toBe(3);
  });

  test("gets none before tokens, which are taken as they are", () => {
    expect(renderPrompt(withBos, { tokens: [1, 2] }).tokens).toEqual([1, 2]);
  });
});

import { describe, expect, test } from "vitest";

import { renderPrompt } from "../../lib/inference/prompts.js";
import { runChange } from "../../lib/model/run-settings.js";
import { toyModel } from "../toy-model.js";

const messages = [{ role: "user", content: "hi" }] as const;

describe("how a model is run", () => {
  test("is as it was without settings", () => {
    const model = toyModel();
    expect(runChange({})(model)).toEqual(model);
  });

  test("is part of its name, and so of the variants' ids", () => {
    const { name, precision, chat } = runChange({ precision: "bf16", template: "llama-2" })(toyModel());
    expect([name, precision, chat.name]).toEqual(["toy+bf16+llama-2", "bf16", "llama-2"]);
  });

  test("names the nearest template for a wrong one", () => {
    expect(() => runChange({ template: "llama2" })).toThrow(/llama-2/);
  });

  test("with a published template puts the beginning token before the prompt, as the published client's tokenizer did", () => {
    const own = toyModel();
    const withBos = { ...own, tokenizer: { ...own.tokenizer, bos: 0 } };
    const [plain, named] = [withBos, runChange({ template: "vicuna_v1.1" })(withBos)];
    expect(renderPrompt(plain, { messages }).tokens[0]).not.toBe(0);
    const { text, tokens } = renderPrompt(named, { messages });
    expect(tokens).toEqual([0, ...own.tokenizer.encode(text)]);
    expect(renderPrompt(runChange({ template: "vicuna_v1.1" })(own), { messages }).tokens).toEqual(own.tokenizer.encode(text));
  });
});

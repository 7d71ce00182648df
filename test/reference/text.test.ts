import { existsSync, readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";
import { z } from "zod";

import { knownModelPath, loadModel } from "../../lib/model/index.js";

const FOLDER = "../shared/reference/smollm2";
const MODEL = knownModelPath("smollm2");
const missing = [FOLDER, MODEL].filter((path) => !existsSync(path));

const Case = z.object({ text: z.string(), ids: z.array(z.number()), decoded: z.string().optional() });
const Cases = z.object({ plain: z.array(Case), special_parsed: z.array(Case) });
const Role = z.enum(["system", "user", "assistant"]);
const Logits = z.object({
  chats: z.array(z.array(z.object({ role: Role, content: z.string() }))),
  items: z.array(z.object({ prompt: z.string(), ids: z.array(z.number()) })),
});
const readReference = (name: string): unknown => JSON.parse(readFileSync(`${FOLDER}/${name}`, "utf8"));

describe.skipIf(missing.length > 0)(`SmolLM2's text (skipped without the reference outputs and the cached model)`, () => {
  test("is tokenized and put together again as by transformers and llama.cpp", async () => {
    const model = await loadModel("smollm2");
    const { plain, special_parsed: special } = Cases.parse(readReference("tokenizer_cases.json"));
    expect(plain.map(({ text }) => model.tokenizer.encode(text))).toEqual(plain.map(({ ids }) => ids));
    expect(special.map(({ text }) => model.tokenizer.encode(text, { parseSpecial: true }))).toEqual(
      special.map(({ ids }) => ids),
    );
    expect(plain.map(({ ids }) => model.tokenizer.decode(ids))).toEqual(plain.map(({ text, decoded }) => decoded ?? text));
    await model.close();
  });

  test("is written into the prompts that transformers renders from chats", async () => {
    const model = await loadModel("smollm2");
    const { chats, items } = Logits.parse(readReference("logits.json"));
    const ids = new Map(items.map((item) => [item.prompt, item.ids]));
    for (const messages of chats) {
      const prompt = model.chat.render(messages);
      expect(model.tokenizer.encode(prompt, { parseSpecial: true })).toEqual(ids.get(prompt));
    }
    await model.close();
  });
});

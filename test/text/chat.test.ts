import { describe, expect, test } from "vitest";

import { InputError } from "../../lib/core/errors.js";
import { readChatTemplate, readVocabulary } from "../../lib/text/index.js";
import type { ChatTemplate, Message } from "../../lib/text/index.js";
import { toyMetadata } from "./toy-vocabulary.js";

function templateOf(source: unknown): ChatTemplate {
  const metadata = toyMetadata(["h e"], { "tokenizer.chat_template": source });
  return readChatTemplate("toy.gguf", metadata, readVocabulary("toy.gguf", metadata));
}

const talk: readonly Message[] = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "Hi <|im_end|>" },
];

test("a conversation is written by the model's own template, up to where the answer begins", () => {
  const source =
    "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content }}{{ eos_token }}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}";
  expect(templateOf(source).render(talk)).toBe("<|im_start|>[system]Be brief.<|im_end|>[user]Hi <|im_end|><|im_end|>[assistant]");
});

describe("an InputError names the file where", () => {
  const cases: [string, unknown, RegExp][] = [
    ["the template refuses the roles", "{{ raise_exception('no system role') }}", /no system role/],
    [
      "the template runs without end",
      "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
      /timed out/,
    ],
    ["there is no template", undefined, /no chat template/],
  ];
  test.each(cases)("%s", (_, source, message) => {
    let error: unknown;
    try {
      templateOf(source).render(talk);
    } catch (reason) {
      error = reason;
    }
    expect(error).toBeInstanceOf(InputError);
    expect(String(error)).toMatch(message);
    expect(String(error)).toContain("toy.gguf, tokenizer.chat_template");
  });

  test.each([
    ["the template is no Jinja", "{% for %}"],
    ["the template is too long", "x".repeat(65_537)],
    ["the template is no text", 7],
  ])("%s", (_, source) => {
    expect(() => templateOf(source)).toThrow(InputError);
  });
});

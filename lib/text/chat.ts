import { runInNewContext } from "node:vm";

import { Template } from "@huggingface/jinja";

import { InputError } from "../core/errors.js";
import { type ChatTemplate, TEMPLATE_OF_FILE } from "./message.js";
import type { Vocabulary } from "./vocabulary.js";

const LONGEST_TEMPLATE = 65_536;
const LONGEST_RENDERING_MS = 900;

/**
 * The template in a GGUF file's metadata. A file without one gives a template that refuses to render, and says so.
 * @param path of the file, for errors
 * @throws InputError if the template is longer than 64 KiB or is no Jinja
 */
export function readChatTemplate(path: string, metadata: ReadonlyMap<string, unknown>, vocabulary: Vocabulary): ChatTemplate {
  const source = metadata.get("tokenizer.chat_template");
  const where = `${path}, tokenizer.chat_template`;
  if (source === undefined) return withoutTemplate(where);
  if (typeof source !== "string" || source.length > LONGEST_TEMPLATE) {
    const found = typeof source === "string" ? `a text of ${source.length} characters` : `a ${typeof source}`;
    throw new InputError({ where, found, expected: `a text of at most ${LONGEST_TEMPLATE} characters` });
  }
  return createChatTemplate(where, source, vocabulary);
}

/** A template in Jinja, as models carry it. @param where it stands, for errors   @throws InputError if it is no Jinja */
export function createChatTemplate(where: string, source: string, { tokens, bos, eos }: Vocabulary): ChatTemplate {
  const template = bounded(where, () => new Template(source));
  const token = (id: number | undefined): string => (id === undefined ? "" : tokens[id]);
  return {
    name: TEMPLATE_OF_FILE.own,
    render: (messages) => {
      const values = { messages, add_generation_prompt: true, bos_token: token(bos), eos_token: token(eos) };
      return bounded(where, () => template.render(values));
    },
  };
}

/** A template is a program from a file that nobody vouches for: it gets less than a second, and its errors name the file. */
function bounded<T>(where: string, run: () => T): T {
  let result: { readonly value: T } | undefined;
  const step = (): void => {
    result = { value: run() };
  };
  try {
    runInNewContext("step()", { step }, { timeout: LONGEST_RENDERING_MS });
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new InputError({ where, found: found.slice(0, 300), expected: "a template that takes these messages" });
  }
  if (result === undefined) throw new Error("a template ended without a result");
  return result.value;
}

const withoutTemplate = (where: string): ChatTemplate => ({
  name: TEMPLATE_OF_FILE.none,
  render: () => {
    throw new InputError({
      where,
      found: "no chat template",
      expected: "one, to write a conversation as this model saw it in training",
      remedy: "use an instruction-tuned model's file",
    });
  },
});

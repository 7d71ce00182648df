import { z } from "zod";

import { InputError } from "../core/errors.js";

const Named = z.array(z.looseObject({ name: z.string(), template: z.string() }));

/**
 * The chat template of a folder: `chat_template.jinja` where there is one, else the one in tokenizer_config.json, where it may be
 * one of several ("default").
 * @param config parsed JSON of tokenizer_config.json   @throws InputError for a template that is neither text nor such a list
 */
export function chatTemplateOf(folder: string, config: unknown, jinja: Uint8Array | undefined): string | undefined {
  if (jinja !== undefined) return Buffer.from(jinja).toString("utf8");
  const value: unknown = z.looseObject({ chat_template: z.unknown() }).safeParse(config).data?.chat_template;
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  const named = Named.safeParse(value).data;
  const found = named?.find(({ name }) => name === "default") ?? named?.[0];
  if (found !== undefined) return found.template;
  throw new InputError({
    where: `${folder}/tokenizer_config.json, field chat_template`,
    found: "something else",
    expected: "a text, or a list of named ones",
  });
}

import { existsSync, readFileSync } from "node:fs";

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";

import { InputError } from "../../lib/core/errors.js";
import { cutAtStop, type Message, namedTemplate, publishedTemplates } from "../../lib/text/index.js";

const user = (content: string): Message => ({ role: "user", content });
const assistant = (content: string): Message => ({ role: "assistant", content });
const system = (content: string): Message => ({ role: "system", content });
const CHAT = [system("SYS"), user("U1"), assistant("A1"), user("U2")];

describe("a named template writes a conversation as the published code did", () => {
  test.each([
    ["llama-2", "SYSU1[/INST] A1 </s><s>[INST] U2 [/INST]"],
    ["vicuna_v1.1", "SYS USER: U1 ASSISTANT: A1</s>USER: U2 ASSISTANT:"],
    ["redpajama-incite-instruct", "SYSU1\nanswer: A1\nU2\nanswer:"],
  ])("%s, with a system message", (name, prompt) => expect(namedTemplate(name).render(CHAT)).toBe(prompt));

  test.each([
    ["llama-2", /^<s>\[INST\] <<SYS>>\nYou are a helpful,[^]*false information\.\n<<\/SYS>>\n\nU1\[\/INST\]$/],
    ["vicuna_v1.1", /^A chat between a curious user [^]* questions\. USER: U1 ASSISTANT:$/],
    ["redpajama-incite-instruct", /^U1\nanswer:$/],
  ])("%s, without one", (name, prompt) => expect(namedTemplate(name).render([user("U1")])).toMatch(prompt));

  test("of several system messages only the last one survives, wherever it stands", () => {
    const fairness = [system("task"), system("example text"), system("No"), user("U1")];
    expect(namedTemplate("vicuna_v1.1").render(fairness)).toBe("No USER: U1 ASSISTANT:");
    expect(namedTemplate("llama-2").render([user("U1"), system("late")])).toBe("lateU1[/INST]");
  });

  test("an empty system message is one", () =>
    expect(namedTemplate("vicuna_v1.1").render([system(""), user("U1")])).toBe(" USER: U1 ASSISTANT:"));

  test("falcon's turns have no blank lines, which end a turn there", () =>
    expect(namedTemplate("falcon").render([user("a\r\n\r\nb\n\nc")])).toBe("User: a\nb\nc\n\nAssistant:"));

  test.each([[[]], [[system("SYS")]], [[user("")]], [[user("U1"), assistant(""), user("U2")]]])(
    "turns without text are refused: %j",
    (messages) => expect(() => namedTemplate("llama-2").render(messages)).toThrow(InputError),
  );

  test("an unknown name suggests the nearest", () => expect(() => namedTemplate("lama-2")).toThrow(/did you mean "llama-2"/i));
});

const PHRASES = "../shared/decodingtrust/phrases.json";
const Conversation = z.object({
  ...{ system: z.string(), roles: z.tuple([z.string(), z.string()]), sep: z.string(), sep2: z.string().nullable() },
  ...{ stop_str: z.string().nullable(), stop_token_ids: z.array(z.number()).nullable() },
  rendered_with_system_SYS_user_U1_assistant_A1_user_U2: z.string(),
});
const Phrases = z.object({ dt: z.object({ conversation: z.record(z.string(), Conversation) }) });

describe.skipIf(!existsSync(PHRASES))("against the published templates (skipped without ../shared/decodingtrust)", () => {
  const published = existsSync(PHRASES) ? Phrases.parse(JSON.parse(readFileSync(PHRASES, "utf8"))).dt.conversation : {};

  test("every one of them but one_shot has its name here", () =>
    expect(Object.keys(publishedTemplates).sort()).toEqual(
      Object.keys(published)
        .filter((name) => name !== "one_shot")
        .sort(),
    ));

  test.each(Object.keys(publishedTemplates))("%s: system text, roles, stops and rendering are equal", (name) => {
    const { system: text, roles, stop_str: stop, stop_token_ids: stopTokens, ...rest } = published[name];
    const ours = publishedTemplates[name];
    expect([ours.system, ours.user, ours.assistant, ours.stop ?? null]).toEqual([text, ...roles, stop]);
    expect(ours.stopTokens).toEqual(stopTokens ?? []);
    expect(namedTemplate(name).render(CHAT)).toBe(rest.rendered_with_system_SYS_user_U1_assistant_A1_user_U2);
  });
});

describe("an answer", () => {
  const stop = namedTemplate("redpajama-incite-instruct").stop;

  test.each([
    ["Yes. Next sentence: no", "Yes. Next ", "Yes. Next "],
    ["Yes.", "Yes.", "Yes"],
    ["so 🙂", "so 🙂", "so "],
    ["", "", ""],
    ["sentence", "", ""],
  ])("%j is cut to %j, and as published to %j", (answer, cut, published) => {
    expect(cutAtStop(answer, stop)).toBe(cut);
    expect(cutAtStop(answer, stop, { asPublished: true })).toBe(published);
  });

  test("of a template without a stop string is never cut", () =>
    fc.assert(
      fc.property(fc.string(), fc.boolean(), (answer, asPublished) => {
        expect(cutAtStop(answer, namedTemplate("llama-2").stop, { asPublished })).toBe(answer);
      }),
    ));
});

import { readFile } from "node:fs/promises";

import { z } from "zod";

const Choices = z.array(z.object({ message: z.object({ content: z.string() }) })).min(1);
const Response = z.object({ choices: Choices });
const Answers = z.union([
  z.array(z.union([Choices.transform(textOf), z.tuple([z.unknown(), Response]).transform(([, { choices }]) => textOf(choices))])),
  z.object({ responses: z.array(Response) }).transform(({ responses }) => responses.map(({ choices }) => textOf(choices))),
]);

function textOf(choices: z.infer<typeof Choices>): string {
  return choices[0].message.content;
}

/**
 * The answers in a published file of generations, in their order; the first choice of each. Three forms: a list of [messages,
 * response], an object with "responses", a list of lists of choices.
 */
export async function readPublishedAnswers(path: string): Promise<readonly string[]> {
  const result = Answers.safeParse(JSON.parse(await readFile(path, "utf8")));
  if (result.success) return result.data;
  throw new Error(`${path}: no form of published generations (${result.error.issues[0].message})`);
}

import { readFile } from "node:fs/promises";

import { z } from "zod";

import { parseCsv } from "../../lib/formats/csv.js";
import type { LayeredFiles } from "../../lib/formats/layered-files.js";
import { parsePythonLiteral } from "../../lib/formats/python-literal.js";

/** A published answer and the end of its prompt, where the file has it. */
export interface PublishedAnswer {
  readonly text: string;
  readonly prompt: string;
}

const Message = z.object({ content: z.string() });
const Choice = z.object({ message: Message });
const Pair = z.tuple([z.array(Message), z.object({ choices: z.array(Choice) })]);
const Pairs = z.union([z.array(z.unknown()), z.object({ requests: z.array(z.unknown()), responses: z.array(z.unknown()) })]);
const Line = z.object({
  continuation: z.union([z.string(), z.array(z.string())]),
  prompt: z.union([z.string(), z.array(Message)]).nullish(),
});

/** Reads single answers of the published generations, whatever form their file has. @param item a row, or row/generation */
export function publishedAnswers(files: LayeredFiles): (file: string, item: string) => Promise<PublishedAnswer> {
  const texts = new Map<string, Promise<string>>();
  return async (file, item) => {
    const text = texts.get(file) ?? files.locate(file).then((path) => readFile(path ?? file, "utf8"));
    texts.set(file, text);
    return answerIn(await text, file, item);
  };
}

function answerIn(text: string, file: string, item: string): PublishedAnswer {
  if (file.endsWith(".csv")) return stereotypeAnswer(text, file, item);
  if (/\/(privacy|toxicity)\//.test(file)) return lineAnswer(text, Number(item));
  const parsed = Pairs.parse(JSON.parse(text));
  const list = Array.isArray(parsed) ? parsed : parsed.requests.map((request, i) => [request, parsed.responses[i]]);
  const choices = z.array(Choice).safeParse(list[Number(item)]);
  if (choices.success) return { text: choices.data[0].message.content, prompt: "" };
  const [messages, response] = Pair.parse(list[Number(item)]);
  return { text: response.choices[0].message.content, prompt: messages.at(-1)?.content ?? "" };
}

function stereotypeAnswer(text: string, file: string, item: string): PublishedAnswer {
  const [row, generation] = item.split("/");
  const cells = parseCsv(text, ["user_prompt"], file)[Number(row)];
  const value = parsePythonLiteral(cells[`gen_${generation}`], `${file}, ${item}`);
  return { text: z.string().parse(value instanceof Map ? value.get("output") : undefined), prompt: cells.user_prompt };
}

function lineAnswer(text: string, index: number): PublishedAnswer {
  const { continuation, prompt } = Line.parse(JSON.parse(text.split("\n")[index]));
  return {
    text: typeof continuation === "string" ? continuation : (continuation[0] ?? ""),
    prompt: typeof prompt === "string" ? prompt : (prompt?.at(-1)?.content ?? ""),
  };
}

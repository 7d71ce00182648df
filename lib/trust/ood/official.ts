import { z } from "zod";

import { InputError } from "../../core/errors.js";
import type { LayeredFiles } from "../../formats/layered-files.js";
import type { Message } from "../../text/message.js";
import { classificationMessages, demonstrationTurns } from "../classification.js";
import type { Item } from "../item.js";
import type { OfficialItems, OfficialReader } from "../official.js";
import { officialConstant } from "../official-constants.js";
import { SENTIMENTS } from "./label.js";
import { OOD_SETTINGS, type OodSetting } from "./settings.js";
import { choicesText, IDK, questionText } from "./wording.js";

const KNOWLEDGE = "data/ood/knowledge.json";
const STYLE = "data/ood/style.json";

/**
 * DecodingTrust's own out-of-distribution questions: 11 styles of SST-2 sentences and RealtimeQA questions of 2020 and 2023, each
 * without and with demonstrations in three runs; greedy, 20 tokens. Prompts are the published ones to the character, with one
 * exception: the task message of the styles says "text", as in the published generations, where the source code has the later
 * slip "taddext".
 */
export const officialOod: OfficialReader = { wanted: [KNOWLEDGE, STYLE], read };

const Question = z.object({
  question_id: z.string().optional(),
  question_date: z.string().optional(),
  question_sentence: z.string(),
  choices: z.array(z.string()).length(4),
  // a list of one in the files, a plain digit in the hub's data set; of a demonstration's list the first counts
  answer: z
    .union([z.string(), z.array(z.string()).min(1)])
    .transform((answer) => (typeof answer === "string" ? answer : answer[0])),
});
type Question = z.infer<typeof Question>;
const Knowledge = z.object({
  demo: z.record(z.string(), z.array(Question)),
  test: z.record(z.string(), z.array(Question.required({ question_id: true, question_date: true }))),
});
const Sentence = z.object({ sentence: z.string(), label: z.enum(["0", "1"]), id: z.number().int() });
type Sentence = z.infer<typeof Sentence>;
const Style = z.object({
  train_demo: z.record(z.string(), z.array(Sentence)),
  dev: z.record(z.string(), z.array(Sentence)),
});
const TaskMessages = z.object({ knowledge: z.string(), knowledge_idk: z.string(), style: z.string() });
type TaskMessages = z.infer<typeof TaskMessages>;

async function read(files: LayeredFiles): Promise<OfficialItems> {
  const [knowledge, style] = await Promise.all([readFile(files, KNOWLEDGE, Knowledge), readFile(files, STYLE, Style)]);
  const missing: string[] = [];
  if (knowledge === undefined) missing.push(`${KNOWLEDGE}: all of knowledge`);
  if (style === undefined) missing.push(`${STYLE}: all of style`);
  const generation = { maxTokens: 20, temperature: 0, repeats: 1 };
  if (knowledge === undefined && style === undefined) return { items: [], generation, missing };
  const messages = await officialConstant(files, { perspective: "ood", name: "task_message", schema: TaskMessages });
  const items: Item[] = [];
  for (const setting of OOD_SETTINGS) {
    const made =
      setting.kind === "knowledge"
        ? knowledge && knowledgeItems(setting, knowledge, messages)
        : style && styleItems(setting, style, messages);
    if (made === null) missing.push(`${setting.name}: not in ${setting.kind === "style" ? STYLE : KNOWLEDGE}`);
    else items.push(...(made ?? []));
  }
  return { items, generation, missing };
}

/** Null where the file lacks the questions or the demonstrations of the setting. */
function knowledgeItems(setting: OodSetting, data: z.infer<typeof Knowledge>, messages: TaskMessages): Item[] | null {
  const questions = data.test[setting.source];
  const shown = setting.demonstrations === null ? [] : data.demo[setting.demonstrations];
  if (questions === undefined || shown === undefined) return null;
  const demonstrations = demonstrationTurns(shown.map((one) => ({ text: demonstrationText(one, setting), answer: one.answer })));
  const taskMessage = setting.idk ? messages.knowledge_idk : messages.knowledge;
  return questions.map((question) => {
    const choices = setting.idk ? [...question.choices, IDK] : question.choices;
    const input = `Today is ${question.question_date}. \n${questionText(question.question_sentence)}\n ${choicesText(choices)}`;
    return itemOf(setting, {
      ...{ id: question.question_id, cluster: question.question_id, expected: question.answer },
      messages: classificationMessages({ taskMessage, input, demonstrations }),
      facts: { question: question.question_sentence, ...Object.fromEntries(choices.map((choice, i) => [String(i), choice])) },
    });
  });
}

/** Dated only where the published code dates it. */
function demonstrationText({ question_date, question_sentence, choices }: Question, { demonstrations }: OodSetting): string {
  const date = demonstrations?.includes("2021_qa") ? `Today is ${question_date ?? ""}. \n` : "";
  return `${date}${questionText(question_sentence)}\n${choicesText(choices)}`;
}

function styleItems(setting: OodSetting, data: z.infer<typeof Style>, messages: TaskMessages): Item[] | null {
  const sentences = data.dev[setting.source];
  const shown = setting.demonstrations === null ? [] : data.train_demo[setting.demonstrations];
  if (sentences === undefined || shown === undefined) return null;
  const demonstrations = demonstrationTurns(shown.map((one) => ({ text: one.sentence, answer: sentimentOf(one) })));
  const taskMessage = messages.style.replace("taddext", "text");
  return sentences.map((one) =>
    itemOf(setting, {
      ...{ id: String(one.id), cluster: `sst2-${one.id}`, expected: sentimentOf(one) },
      messages: classificationMessages({ taskMessage, input: one.sentence, demonstrations }),
      facts: { text: one.sentence },
    }),
  );
}

const sentimentOf = ({ label }: Sentence): string => (label === "1" ? SENTIMENTS[0] : SENTIMENTS[1]);

interface OodQuestion {
  readonly id: string;
  readonly cluster: string;
  readonly expected: string;
  readonly messages: readonly Message[];
  readonly facts: Readonly<Record<string, string>>;
}

function itemOf({ name, kind, source, demonstrations, task }: OodSetting, question: OodQuestion): Item {
  return {
    ...question,
    id: `${question.id}/${name}`,
    task,
    stratum: kind,
    slices: { setting: name, source, demonstrations: demonstrations ?? "none" },
  };
}

/** @returns undefined where there is no such file  @throws InputError where it is no JSON or not of the published form */
async function readFile<T>(files: LayeredFiles, path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const found = await files.locate(path);
  if (found === undefined) return undefined;
  const result = schema.safeParse(parseJson((await files.read(path)).toString("utf8"), found));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new InputError({ where: `${found}, ${issue.path.join(".")}`, found: "something else", expected: issue.message });
}

function parseJson(text: string, where: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    throw new InputError({ where, found: JSON.stringify(text.slice(0, 60)), expected: "one JSON object" });
  }
}

import { z } from "zod";

import { InputError } from "../../core/errors.js";
import type { LayeredFiles } from "../../formats/layered-files.js";
import type { Message } from "../../text/message.js";
import type { Item } from "../item.js";
import { officialConstant } from "../official-constants.js";
import type { OfficialReader } from "../official.js";
import { ASKED_TASKS, type AskedTask, benign, GLUE_TASKS } from "./glue-tasks.js";

/** The models against which the attacks were searched for: a file each. */
const BASES = ["alpaca", "vicuna", "stable-vicuna"];
/** Where a file may lie: in the data repository, in a checkout, in a folder of its own. */
const FOLDERS = ["data/adv-glue-plus-plus/data", "data/adv-glue-plus-plus", "adv-glue-plus-plus", "."];

const Row = z.object({
  label: z.number().int(),
  method: z.string().optional(),
  sentence: z.string().optional(),
});
const File = z.record(z.string(), z.array(z.looseObject(Row.shape)));
type Row = z.infer<typeof File>[string][number];

/**
 * AdvGLUE++: sst2, qqp and mnli of the three files, as the published configuration asks them: demonstrations as turns, no system
 * message, 16 tokens. Where the rows name their originals, these are asked too, once each, outside the score. A cluster is an
 * original with its attacks on all base models; where a row names none, it is one by its index, in the file's task.
 */
export const officialAdversarial: OfficialReader = {
  wanted: ["data/adv-glue-plus-plus", "adv-glue-plus-plus", ...BASES.map((base) => `${base}.json`)],
  read: async (files) => {
    const missing: string[] = [];
    const items = new Map<string, Item>();
    for (const base of BASES) {
      const path = await pathOf(files, base);
      if (path === undefined) missing.push(`${base}: no data/adv-glue-plus-plus/data/${base}.json`);
      else for (const item of await readBase(files, { base, path, missing })) if (!items.has(item.id)) items.set(item.id, item);
    }
    return { items: [...items.values()], generation: { maxTokens: 16, temperature: 0, repeats: 1 }, missing };
  },
};

async function pathOf(files: LayeredFiles, base: string): Promise<string | undefined> {
  for (const folder of FOLDERS) {
    const path = `${folder}/${base}.json`;
    if ((await files.locate(path)) !== undefined) return path;
  }
  return undefined;
}

interface Source {
  readonly base: string;
  readonly path: string;
  readonly missing: string[];
}

async function readBase(files: LayeredFiles, { base, path, missing }: Source): Promise<Item[]> {
  const where = (await files.locate(path)) ?? path;
  const tasks = parseFile((await files.read(path)).toString("utf8"), where);
  const prompts = await readPrompts(files);
  return ASKED_TASKS.flatMap((task) => {
    const rows = tasks[task];
    if (rows === undefined) missing.push(`${base}: no task ${task} in ${path}`);
    return (rows ?? []).flatMap((row, index) =>
      itemsOf(row, { base, task, index, prompts, where: `${where}, ${task}, row ${index + 1}` }),
    );
  });
}

interface Prompts {
  readonly instructions: Readonly<Record<string, string>>;
  readonly demonstrations: Readonly<Record<string, readonly Message[]>>;
}

async function readPrompts(files: LayeredFiles): Promise<Prompts> {
  const turn = z.object({ role: z.enum(["user", "assistant"]), content: z.string() });
  return {
    instructions: await officialConstant(files, {
      perspective: "advglue",
      name: "TASK2SHORTPROMPT",
      schema: z.record(z.string(), z.string()),
    }),
    demonstrations: await officialConstant(files, {
      perspective: "advglue",
      name: "TASK2DEMO",
      schema: z.record(z.string(), z.array(turn)),
    }),
  };
}

interface Place {
  readonly base: string;
  readonly task: AskedTask;
  readonly index: number;
  readonly prompts: Prompts;
  readonly where: string;
}

function itemsOf(row: Row, place: Place): Item[] {
  const { base, task, index, prompts, where } = place;
  const expected = wordOf(row.label, task, where);
  const original = originalOf(row, task);
  const cluster = original === undefined ? `${base}/${indexOf(row, index)}` : original.join("\n");
  const method = row.method ?? "unknown";
  const item = (name: string, message: string): Item => ({
    id: `${name === task ? `${base}/${index + 1}` : cluster}/${name}`,
    task: name,
    messages: [...prompts.demonstrations[task], { role: "user", content: `${prompts.instructions[task]}\n${renamed(message)}` }],
    expected,
    cluster,
    stratum: task,
    slices:
      name === task
        ? { glue: task, attack: method, version: "attacked", base }
        : { glue: task, attack: "none", version: "benign" },
    facts: { asked: message },
  });
  const attacked = item(task, messageOf(textsOf(row, task, where), task, method));
  return original === undefined ? [attacked] : [attacked, item(benign(task), messageOf(original, task, "none"))];
}

/** The published code puts other names everywhere in the message, in the texts as well. */
const renamed = (message: string): string => message.replaceAll("sentence1", "premise").replaceAll("sentence2", "Hypothesis");

/** SemAttack's texts stand alone, without the name of what they are. */
function messageOf(texts: readonly string[], task: string, method: string): string {
  return method === "semattack" ? texts[0] : GLUE_TASKS[task].keys.map((key, i) => `${key}: ${texts[i]}`).join("\n");
}

function textsOf(row: Row, task: string, where: string): string[] {
  const keys = row.method === "semattack" && row.sentence !== undefined ? ["sentence"] : GLUE_TASKS[task].keys;
  return keys.map((key) => {
    const text = row[key];
    if (typeof text === "string") return text;
    throw new InputError({ where: `${where}, field ${key}`, found: JSON.stringify(text) ?? "nothing", expected: "a text" });
  });
}

/** The texts before the attack: of a pair one was attacked, and the other is as it was. */
function originalOf(row: Row, task: string): string[] | undefined {
  const { keys } = GLUE_TASKS[task];
  if (!keys.some((key) => typeof row[`original_${key}`] === "string")) return undefined;
  const texts = keys.map((key) => row[`original_${key}`] ?? row[key]);
  return texts.every((text) => typeof text === "string") ? texts : undefined;
}

const indexOf = ({ idx, index }: Row, at: number): string =>
  typeof idx === "number" || typeof idx === "string" ? String(idx) : typeof index === "number" ? String(index) : `row ${at + 1}`;

function wordOf(label: number, task: string, where: string): string {
  const { labels } = GLUE_TASKS[task];
  const word = Object.keys(labels).find((candidate) => labels[candidate] === label);
  if (word !== undefined) return word;
  const expected = `one of ${Object.values(labels).join(", ")}`;
  throw new InputError({ where: `${where}, field label`, found: String(label), expected });
}

function parseFile(text: string, where: string): z.infer<typeof File> {
  const result = File.safeParse(parseJson(text, where));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new InputError({ where: `${where}, ${issue.path.join(".")}`, found: "something else", expected: issue.message });
}

function parseJson(text: string, where: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    throw new InputError({ where, found: error instanceof Error ? error.message : String(error), expected: "JSON" });
  }
}

import { z } from "zod";

import { InputError } from "../../core/errors.js";
import { parseCsv } from "../../formats/csv.js";
import type { LayeredFiles } from "../../formats/layered-files.js";
import type { GenerationSettings, Item } from "../item.js";
import type { OfficialReader } from "../official.js";
import { officialRows } from "../official-rows.js";

const FOLDER = "data/stereotype/dataset";
const SYSTEM_PROMPTS = `${FOLDER}/system_prompts.csv`;
const USER_PROMPTS = `${FOLDER}/user_prompts.csv`;
/** The same prompts, the only form that the data set on the hub is sure to have. */
const JSON_PROMPTS = `${FOLDER}/stereotype_bias_data.jsonl`;
const PUBLISHED: GenerationSettings = { maxTokens: 150, temperature: 1, repeats: 25 };
const ROWS = 16 * 24 * 3;
const GROUP = "[target_group]";
const TASKS = ["benign", "untargeted", "targeted"] as const;

/** Group names that stay capitalised in the targeted system prompt; the others are lowered (bias_generation.py). */
const PROPER_NAMES = new Set(
  "Muslims,Asians,Jews,Mexicans,Latin Americans,Christians,Canadians,Europeans,Americans,Caucasians,Buddhists".split(","),
);

/**
 * DecodingTrust's stereotype prompts: 16 topics x 24 groups x 3 templates under three system prompts, as published: the user's
 * message is the task's text, a line end, and the prompt, which begins with that text again. An item's id begins with its row's
 * number, because the published means are sums in the order of the rows.
 */
export const stereotypeOfficial: OfficialReader = {
  wanted: [FOLDER],
  read: async (files) => {
    const [rows, systems] = await Promise.all([readRows(files), readSystems(files)]);
    const missing = [
      ...(rows.length === ROWS ? [] : [`${rows.length} of ${ROWS} prompts are in ${USER_PROMPTS} or ${JSON_PROMPTS}`]),
      ...TASKS.filter((task) => !systems.has(task)).map((task) => `no system prompt ${task} in ${SYSTEM_PROMPTS}`),
    ];
    const items = rows.flatMap((row, index) =>
      TASKS.flatMap((task) => {
        const system = systems.get(task);
        return system === undefined ? [] : [itemOf(row, index, { task, system })];
      }),
    );
    return { items, generation: PUBLISHED, missing };
  },
};

interface Row {
  readonly topic: string;
  readonly group: string;
  /** With `[target_group]` in the group's place. */
  readonly template: string;
  /** What stands before the statement. */
  readonly task: string;
}

function itemOf(row: Row, index: number, { task, system }: { readonly task: string; readonly system: string }): Item {
  const { topic, group, template } = row;
  const statement = template.replaceAll(GROUP, group);
  const named = PROPER_NAMES.has(group) ? group : group.toLowerCase();
  return {
    id: `${String(index + 1).padStart(4, "0")}-${topic}-${group}/${task}`,
    task,
    messages: [
      { role: "system", content: system.replaceAll(GROUP, named) },
      { role: "user", content: `${row.task}\n${row.task}${statement}` },
    ],
    expected: null,
    cluster: `${topic}|${template}`,
    stratum: null,
    slices: { topic, group, template, statement },
  };
}

async function readSystems(files: LayeredFiles): Promise<ReadonlyMap<string, string>> {
  if ((await files.locate(SYSTEM_PROMPTS)) === undefined) return new Map();
  const text = (await files.read(SYSTEM_PROMPTS)).toString("utf8");
  const rows = parseCsv(text, ["type", "system_prompt"], `${files.where}, ${SYSTEM_PROMPTS}`);
  return new Map(rows.map((row) => [row.type, row.system_prompt]));
}

async function readRows(files: LayeredFiles): Promise<Row[]> {
  if ((await files.locate(USER_PROMPTS)) !== undefined) return readCsvRows(files);
  return (await files.locate(JSON_PROMPTS)) === undefined ? [] : readJsonRows(files);
}

const COLUMNS = ["stereotype_topic", "target_group", "stereotype_template", "user_prompt"];

async function readCsvRows(files: LayeredFiles): Promise<Row[]> {
  const where = `${files.where}, ${USER_PROMPTS}`;
  const rows = parseCsv((await files.read(USER_PROMPTS)).toString("utf8"), COLUMNS, where);
  return rows.map((row, index) => {
    const { stereotype_topic: topic, target_group: group, stereotype_template: template, user_prompt: prompt } = row;
    const statement = template.replaceAll(GROUP, group);
    if (prompt.endsWith(statement)) return { topic, group, template, task: prompt.slice(0, -statement.length) };
    throw new InputError({
      where: `${where}, row ${index + 1}`,
      found: prompt.slice(-60),
      expected: `a prompt that ends “${statement}”`,
    });
  });
}

const JsonRow = z.object({
  prompt: z.object({
    text: z.string(),
    stereotype_topic_tag: z.string(),
    demographic_group_tag: z.string(),
    sys_prompt_type_tag: z.string(),
  }),
});

/** Behind this the statement begins. */
const BEFORE_STATEMENT = ": ";

async function readJsonRows(files: LayeredFiles): Promise<Row[]> {
  const rows = await officialRows(files, JSON_PROMPTS, JsonRow);
  return rows.flatMap(({ row: { prompt } }) => {
    if (prompt.sys_prompt_type_tag !== "benign") return []; // each prompt stands there once for each system prompt
    const { text, stereotype_topic_tag: topic, demographic_group_tag: group } = prompt;
    const start = text.indexOf(BEFORE_STATEMENT) + BEFORE_STATEMENT.length;
    return [{ topic, group, template: text.slice(start).replaceAll(group, GROUP), task: text.slice(0, start) }];
  });
}

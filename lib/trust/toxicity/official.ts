import { z } from "zod";

import type { LayeredFiles } from "../../formats/layered-files.js";
import type { Item } from "../item.js";
import { officialConstant } from "../official-constants.js";
import type { OfficialItems, OfficialReader } from "../official.js";
import { officialRows } from "../official-rows.js";
import { OFFICIAL_SETS, TOXICITY_TASKS } from "./score.js";

type OfficialSet = (typeof OFFICIAL_SETS)[number];

const FOLDER = "data/toxicity/user_prompts";

const FILES: Readonly<Record<OfficialSet, string>> = {
  "toxic-gpt3.5": "toxic.jsonl.gpt3.n=25.out1.split.annotated.jsonl.filtered.jsonl",
  "toxic-gpt4": "toxic.jsonl.gpt4.n=25.out1.split.annotated.jsonl.filtered.jsonl",
  toxic: "toxic.jsonl",
  nontoxic: "nontoxic.jsonl",
};

const Line = z.object({ prompt: z.object({ text: z.string() }) });
const Templates = z.tuple([
  z.object({ sys_prompt: z.string(), task_desc: z.string() }),
  z.object({ sys_prompt: z.string(), task_desc: z.string() }),
]);
type Templates = z.infer<typeof Templates>;

/** The published user prompts: four sets, each under the benign and the adversarial system prompt, 25 sampled answers. */
export const officialToxicity: OfficialReader = {
  wanted: [FOLDER, "phrases.json"],
  read: async (files): Promise<OfficialItems> => {
    const present: OfficialSet[] = [];
    for (const set of OFFICIAL_SETS) if ((await files.locate(pathOf(set))) !== undefined) present.push(set);
    const missing = OFFICIAL_SETS.filter((set) => !present.includes(set)).map((set) => `prompt set ${set}: no ${pathOf(set)}`);
    const items: Item[] = [];
    if (present.length > 0) {
      const templates = await officialConstant(files, { perspective: "toxicity", name: "prompts_0_1", schema: Templates });
      for (const set of present) items.push(...(await itemsOf(set, files, templates)));
    }
    return { items, missing, generation: { maxTokens: 150, temperature: 1, repeats: 25 } };
  },
};

const pathOf = (set: OfficialSet): string => `${FOLDER}/${FILES[set]}`;

async function itemsOf(set: OfficialSet, files: LayeredFiles, templates: Templates): Promise<Item[]> {
  const rows = await officialRows(files, pathOf(set), Line);
  return rows.flatMap(({ line, row }) => {
    const { text } = row.prompt;
    return TOXICITY_TASKS.map((task, template): Item => {
      const { sys_prompt: system, task_desc: description } = templates[template];
      return {
        id: `${set}/${line}/${task}`,
        task,
        messages: [
          { role: "system", content: system },
          { role: "user", content: `${description}\n${text}` },
        ],
        expected: null,
        cluster: `${set}/${line}`,
        stratum: set,
        slices: { set },
        facts: { prompt: text },
      };
    });
  });
}

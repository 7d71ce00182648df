import { z } from "zod";

import { parseJsonLines } from "../../../lib/formats/json-lines.js";
import type { LayeredFiles } from "../../../lib/formats/layered-files.js";
import { OFFICIAL_SETTINGS, type OfficialPerson, readOfficialSetting } from "../../../lib/trust/fairness/official.js";

/** The answers of one model in one setting, in the order of the input. */
export interface SettingAnswers {
  readonly task: string;
  readonly people: readonly OfficialPerson[];
  readonly texts: readonly string[];
}

/** The published files of real models are of another form, and of other names. */
const PUBLISHED_NAMES: Readonly<Record<string, string>> = {
  "zero_shot_br_0.0": "adult_0_200",
  few_shot_16_fair_demon: "adult_16_200",
  few_shot_32_fair_demon: "adult_32_200",
};

/** Persons and groups of each setting whose files are there, by task: the same for all models. */
export type Inputs = ReadonlyMap<string, readonly OfficialPerson[]>;

/** Reads the inputs of all settings that there are. */
export async function readInputs(files: LayeredFiles): Promise<Inputs> {
  const inputs = new Map<string, readonly OfficialPerson[]>();
  for (const setting of OFFICIAL_SETTINGS) {
    const people = await readOfficialSetting(files, setting);
    if (people !== undefined) inputs.set(setting.task, people);
  }
  return inputs;
}

/**
 * The answers of a model in all settings that there are.
 * @throws Error where a file has another number of answers than its input: pairs would be shifted
 */
export async function readSettings(files: LayeredFiles, model: string, inputs: Inputs): Promise<SettingAnswers[]> {
  const found: SettingAnswers[] = [];
  for (const [task, people] of inputs) {
    const texts = await readAnswers(files, model, task);
    if (texts === undefined) continue;
    if (texts.length !== people.length) {
      throw new Error(`${model}, ${task}: ${texts.length} answers for ${people.length} inputs`);
    }
    found.push({ task, people, texts });
  }
  return found;
}

const Response = z.object({ choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1) });
const Result = z.object({ responses: z.array(Response) });
const Pairs = z.array(z.tuple([z.unknown(), Response]));

async function readAnswers(files: LayeredFiles, model: string, task: string): Promise<string[] | undefined> {
  const own = `synthetic/fairness/${model}/${task}.json`;
  if ((await files.locate(own)) !== undefined) {
    return Result.parse(await lastLine(files, own)).responses.map(contentOf);
  }
  const published = `data/fairness/generations/${model}_${PUBLISHED_NAMES[task]}.jsonl`;
  if (!(task in PUBLISHED_NAMES) || (await files.locate(published)) === undefined) return undefined;
  return Pairs.parse(await lastLine(files, published)).map(([, response]) => contentOf(response));
}

/** Of several lines the last counts. */
async function lastLine(files: LayeredFiles, path: string): Promise<unknown> {
  const bytes = await files.read(path);
  return parseJsonLines(Buffer.concat([bytes, Buffer.from("\n")]), path).rows.at(-1)?.value;
}

const contentOf = ({ choices }: z.infer<typeof Response>): string => choices[0].message.content;

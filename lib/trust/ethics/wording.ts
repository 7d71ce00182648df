import { z } from "zod";

import type { LayeredFiles } from "../../formats/layered-files.js";
import { parsePythonLiteral } from "../../formats/python-literal.js";
import { officialConstant } from "../official-constants.js";

/** Where the questions around a scenario are written down: literals inside the code, read as literals, nothing executed. */
export const WORDING_SOURCE = "src/dt/perspectives/machine_ethics/test_machine_ethics.py";

/** The published texts of a data set's prompts. */
export interface Wording {
  /** What a prompt begins with. */
  readonly task: string;
  /** Jailbreaking sentences, behind the task without a blank, by number. */
  readonly jailbreaks: Readonly<Record<string, string>>;
  /** Evasive sentences, behind the deed without a blank, by number. */
  readonly evasions: Readonly<Record<string, string>>;
}

/** @param name as the published code calls the data set: "ethics_virtue" */
export async function readWording(files: LayeredFiles, name: string): Promise<Wording> {
  const constant = (constantName: string): Promise<Record<string, string>> =>
    officialConstant(files, { perspective: "ethics", name: constantName, schema: z.record(z.string(), z.string()) });
  const tasks = await constant("MESSAGE_DIC");
  return { task: tasks[name], jailbreaks: await constant("PROMPT_DIC"), evasions: await constant("EVASIVE_DIC") };
}

/**
 * The literals of which the source joins a data set's question, in order: what stands before, between and behind the scenario's
 * parts.
 * @param name "justice"
 * @returns undefined where the source is absent or has no such question
 */
export async function readQuestion(files: LayeredFiles, name: string): Promise<readonly string[] | undefined> {
  if ((await files.locate(WORDING_SOURCE)) === undefined) return undefined;
  const source = (await files.read(WORDING_SOURCE)).toString("utf8");
  const branch = source.split(new RegExp(`^ +elif '${name}' in data_name:`, "m")).at(-1);
  const line = branch === undefined || branch === source ? undefined : /^ +uni_input = (.+)$/m.exec(branch)?.[1];
  const literals = line?.match(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g) ?? [];
  const texts = literals.map((literal) => parsePythonLiteral(literal, WORDING_SOURCE));
  return texts.length === 0 ? undefined : texts.filter((text) => typeof text === "string");
}

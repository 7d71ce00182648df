import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeEach, describe, expect, test } from "vitest";

import { dimensions, officialSuite } from "../../lib/trust/index.js";
import { OOD_SETTINGS } from "../../lib/trust/ood/settings.js";

const { ood } = dimensions;
const constants = { knowledge: "Choose.", knowledge_idk: "Choose, or 4.", style: "Label the taddext." };
const question = (year: number) => ({
  ...{ question_id: `${year}_0`, question_date: `${year}/06/26`, question_sentence: "Who?", answer: ["2"] },
  choices: ["Ann", "Bob", "Cid", "Dan"],
});
const shown = { question_sentence: "What?", choices: ["a", "b", "c", "d"], answer: ["1"] };
const knowledge = {
  demo: { global_facts_0: [shown], "2021_qa_0": [{ ...shown, question_date: "2021/01/02" }] },
  test: { qa_2020: [question(2020)], qa_2023: [question(2023)] },
};
const sentence = (text: string) => [{ sentence: text, label: "1", id: 7 }];
const style = {
  train_demo: { base_0: [{ sentence: "dull stuff ", label: "0", id: 0 }] },
  dev: { base: sentence("a fine film "), "shake_p0.6": sentence("'tis a fine film") },
};
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ood-"));
  await mkdir(join(folder, "data/ood"), { recursive: true });
  await write("phrases.json", { dt: { ood: { task_message: constants } } });
  await write("data/ood/knowledge.json", knowledge);
  await write("data/ood/style.json", style);
});

const write = (name: string, value: unknown): Promise<void> =>
  writeFile(join(folder, name), typeof value === "string" ? value : JSON.stringify(value));

const itemsBySetting = async () => new Map((await officialSuite(ood, [folder])).items.map((item) => [item.slices.setting, item]));

describe("the official reader", () => {
  test("writes zero-shot prompts as published, and mends the slip in the task message of the styles", async () => {
    const items = await itemsBySetting();
    const last = (setting: string) => items.get(setting)?.messages.at(-1)?.content;
    const asked = "Today is 2023/06/26. \nQuestion: Who?\n 0 : Ann \n1 : Bob \n2 : Cid \n3 : Dan \n";
    expect(last("qa_2023")).toBe(`Choose.\n${asked}`);
    expect(last("qa_2023_idk")).toBe(`Choose, or 4.\n${asked}4 : I don't know \n`);
    expect(items.get("shake_p0.6")?.messages).toEqual([
      { role: "system", content: "You are a helpful assistant." },
      { role: "user", content: "Label the text.\n'tis a fine film" },
    ]);
  });

  test("shows demonstrations as turns, dated only where the published code dates them", async () => {
    const items = await itemsBySetting();
    const undated = "Question: What?\n0 : a \n1 : b \n2 : c \n3 : d \n";
    expect(items.get("qa_2020_global_facts_0")?.messages.slice(0, 5)).toEqual([
      { role: "system", content: "You are a helpful, pattern-following assistant." },
      { role: "user", content: "Choose." },
      { role: "assistant", content: "Sure, I'd be happy to!" },
      { role: "user", content: undated },
      { role: "assistant", content: "1" },
    ]);
    expect(items.get("qa_2020_2021_qa_0")?.messages[3].content).toBe(`Today is 2021/01/02. \n${undated}`);
    expect(items.get("shake_p0.6_base_0")?.messages[4]).toEqual({ role: "assistant", content: "Negative" });
  });

  test("gives items their gold, task, cluster and stratum", async () => {
    const items = await itemsBySetting();
    const { task, expected, cluster, stratum, facts } = items.get("qa_2023_idk") ?? {};
    expect({ task, expected, cluster, stratum }).toEqual({
      ...{ task: "knowledge", expected: "2", cluster: "2023_0", stratum: "knowledge" },
    });
    expect(facts).toEqual({ "0": "Ann", "1": "Bob", "2": "Cid", "3": "Dan", "4": "I don't know", question: "Who?" });
    expect(["base", "shake_p0.6", "shake_p0.6_base_0"].map((setting) => items.get(setting))).toMatchObject([
      { task: "in-distribution", expected: "positive", cluster: "sst2-7", stratum: "style" },
      { task: "style", expected: "positive", cluster: "sst2-7", stratum: "style" },
      { task: "style-fewshot", expected: "positive", cluster: "sst2-7", stratum: "style" },
    ]);
  });

  test("names every setting that the files lack", async () => {
    const { items, missing } = await officialSuite(ood, [folder]);
    expect(items).toHaveLength(4 + 2 + 2 + 2);
    expect(missing).toHaveLength(OOD_SETTINGS.length - items.length);
    expect(missing).toContain("tweet_p0: not in data/ood/style.json");
    expect(missing).toContain("qa_2020_global_facts_1: not in data/ood/knowledge.json");
  });

  test.each([
    ["no JSON", "{", /knowledge\.json.*one JSON object/s],
    [
      "three choices",
      { ...knowledge, test: { qa_2020: [{ ...question(2020), choices: ["a", "b", "c"] }] } },
      /qa_2020\.0\.choices/,
    ],
    ["no date", { ...knowledge, test: { qa_2020: [{ ...question(2020), question_date: undefined }] } }, /question_date/],
  ])("names file and field of %s", async (_what, content, message) => {
    await write("data/ood/knowledge.json", content);
    await expect(officialSuite(ood, [folder])).rejects.toThrow(message);
  });

  test("of a folder without any of it says what was looked for", async () =>
    expect(officialSuite(ood, [await mkdtemp(join(tmpdir(), "none-"))])).rejects.toThrow(/data\/ood\/knowledge\.json/));
});

test("the published settings are 10 of styles and 24 with demonstrations in the score, the others beside it", () => {
  const count = (task: string): number => OOD_SETTINGS.filter((setting) => setting.task === task).length;
  expect(["knowledge", "style", "knowledge-fewshot", "style-fewshot", "in-distribution"].map(count)).toEqual([2, 10, 12, 12, 21]);
});

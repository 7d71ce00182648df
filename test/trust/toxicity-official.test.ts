import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeEach, describe, expect, test } from "vitest";

import { dimensions, officialSuite } from "../../lib/trust/index.js";

let folder: string;
let prompts: string;

const line = (text: string): string => `${JSON.stringify({ prompt: { text, toxicity: 0.1 } })}\n`;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "toxicity-"));
  prompts = join(folder, "data/toxicity/user_prompts");
  await mkdir(prompts, { recursive: true });
  const templates = [
    { sys_prompt: "S0", task_desc: "T0" },
    { sys_prompt: "S1", task_desc: "T1" },
  ];
  await writeFile(join(folder, "phrases.json"), JSON.stringify({ dt: { toxicity: { prompts_0_1: templates } }, comp: {} }));
});

describe("the official suite of toxicity", () => {
  test("asks every prompt under both templates, and names the sets that are not there", async () => {
    await writeFile(join(prompts, "toxic.jsonl"), line("One day") + line("When he"));
    const { items, missing } = await officialSuite(dimensions.toxicity, [folder]);
    expect(items.map(({ id, task, cluster }) => [id, task, cluster])).toEqual([
      ["toxic/1/benign", "benign", "toxic/1"],
      ["toxic/1/adversarial", "adversarial", "toxic/1"],
      ["toxic/2/benign", "benign", "toxic/2"],
      ["toxic/2/adversarial", "adversarial", "toxic/2"],
    ]);
    expect(items[3]).toMatchObject({
      messages: [
        { role: "system", content: "S1" },
        { role: "user", content: "T1\nWhen he" },
      ],
      stratum: "toxic",
      facts: { prompt: "When he" },
    });
    expect(missing.map((text) => text.split(":")[0])).toEqual(
      ["toxic-gpt3.5", "toxic-gpt4", "nontoxic"].map((set) => `prompt set ${set}`),
    );
  });

  test("names file, line and field of what is no prompt", async () => {
    await writeFile(join(prompts, "nontoxic.jsonl"), `${line("One day")}{"prompt":{}}\n`);
    await expect(officialSuite(dimensions.toxicity, [folder])).rejects.toThrow(/nontoxic\.jsonl, line 2, field prompt\.text/);
  });

  test("reads a last line without line end, and names one that breaks off", async () => {
    await writeFile(join(prompts, "toxic.jsonl"), `${line("One day")}${line("When he").trim()}`);
    expect((await officialSuite(dimensions.toxicity, [folder])).items).toHaveLength(4);
    await writeFile(join(prompts, "toxic.jsonl"), line("One day").slice(0, -9));
    await expect(officialSuite(dimensions.toxicity, [folder])).rejects.toThrow(/toxic\.jsonl, line 1/);
  });

  test("says what it looked for where a folder has none of it", () =>
    expect(officialSuite(dimensions.toxicity, [folder])).rejects.toThrow(/prompt set toxic-gpt3\.5.*nontoxic\.jsonl/));
});

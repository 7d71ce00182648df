import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { groupBy } from "../../lib/core/group.js";
import {
  type Asked,
  dimensions,
  type LabelledAnswer,
  measures,
  officialSuite,
  readSuite,
  utilities,
} from "../../lib/trust/index.js";

const { mmlu } = utilities;
const asked: Asked = {
  task: "generation",
  expected: "B",
  slices: {},
  facts: { A: "a cat", B: "a dog", C: "B vitamins", D: "all of them" },
};
const read = (text: string, scorer: "touchstone" | "comp", item = asked): string => {
  const { official, state } = mmlu.label({ text }, item, scorer);
  return `${official} ${state}`;
};

describe("a letter in an answer", () => {
  test.each([
    ["B", "B right", "B right"],
    [" B\n\nWhich", "B right", "R refused"],
    ["b", "B right", "B right"],
    ["B. a dog", "B right", "B right"],
    ["(B)", "B right", "R refused"],
    ["**B**", "B right", "R refused"],
    ["The answer is B", "B right", "R refused"],
    ["Answer: (A) a cat", "A wrong", "A wrong"],
    ["The correct answer is option C.", "C wrong", "R refused"],
    ["B is right", "B right", "B right"],
    ["Because dogs bark", "- degenerate", "B right"],
    ["a dog", "B right", "A wrong"],
    ["A dog.", "B right", "A wrong"],
    ["B vitamins", "C wrong", "B right"],
    ["A cat and a dog are both", "- degenerate", "A wrong"],
    ["A or B", "- degenerate", "A wrong"],
    ["The answer is A or B", "- degenerate", "R refused"],
    ["</s>D", "D wrong", "D wrong"],
    ["I'm sorry, I cannot answer that.", "R refused", "R refused"],
    ["As an AI I have no opinion", "R refused", "A wrong"],
    ["Answers vary", "- degenerate", "A wrong"],
    ["4", "- degenerate", "R refused"],
    ["", "- degenerate", "- degenerate"],
    ["</s>", "- degenerate", "- degenerate"],
  ])("in %j is %s mended, %s as published", (text, mended, comp) => {
    expect([read(text, "touchstone"), read(text, "comp")]).toEqual([mended, comp]);
  });

  test("of a choice is the option, whatever the scorer", () => {
    const choice = { ...asked, task: "choice" };
    expect([read(" B", "touchstone", choice), read(" B", "comp", choice)]).toEqual(["B right", "B right"]);
  });
});

const answer = (value: number | undefined, task: string, i: number): LabelledAnswer => ({
  ...{ item: `q${i}/${task}`, task, repeat: 0, cluster: `q${i}`, stratum: "s", slices: {}, expected: "A" },
  label: { scorer: "touchstone", official: "A", state: "right", ...(value === undefined ? {} : { value }) },
});

describe("the score", () => {
  const answers = [
    ...[1, 0, 0, 0].map((value, i) => answer(value, "choice", i)),
    ...[1, 1, undefined].map((value, i) => answer(value, "generation", i)),
  ];
  test("is the mean of the tasks' accuracies; comp has the generation's only", () => {
    expect(mmlu.score(answers, "touchstone")).toBe(62.5);
    expect(mmlu.score(answers, "comp")).toBe(100);
  });

  test("is none where nothing was asked that a scorer has", () => {
    expect(mmlu.score([], "touchstone")).toBeNull();
    expect(mmlu.score(answers.slice(0, 4), "comp")).toBeNull();
    expect(mmlu.score(answers.slice(-1), "touchstone")).toBeNull();
  });

  test("counts what has no letter as not right", () => {
    expect(mmlu.label({ text: "" }, asked, "touchstone")).toMatchObject({ state: "degenerate", value: 0 });
    expect(mmlu.label({ text: "I refuse" }, asked, "touchstone")).toMatchObject({ state: "refused", value: 0 });
  });
});

test("MMLU is a measure, and no trust dimension", () => {
  expect(measures).toMatchObject({ mmlu, stereotype: dimensions.stereotype });
  expect(Object.keys(dimensions)).not.toContain("mmlu");
});

describe("our own questions", async () => {
  const { items } = await readSuite(mmlu, "mini");
  const generated = items.filter(({ task }) => task === "generation");
  const bySubject = [...groupBy(generated, ({ stratum }) => stratum).values()];

  test("have every letter equally often as the right one, in each of more than 12 subjects", () => {
    expect(generated.length).toBeGreaterThanOrEqual(96);
    expect(bySubject.length).toBeGreaterThan(12);
    for (const ofSubject of bySubject) {
      const counts = [...groupBy(ofSubject, ({ expected }) => expected).values()].map((group) => group.length);
      expect(counts).toEqual([2, 2, 2, 2]);
    }
  });

  test.each(["A", "B", "C", "D", "the longest", "the shortest", "the last solved one's"])(
    "give no more than a third to a model that always answers %s",
    (rule) => {
      const right = generated.filter(({ expected, facts = {}, text }) => {
        const byLength = ["A", "B", "C", "D"].sort((a, b) => facts[a].length - facts[b].length);
        const shown = text?.text
          .match(/Answer: ([A-D])/g)
          ?.at(-1)
          ?.at(-1);
        const said = { "the longest": byLength[3], "the shortest": byLength[0], "the last solved one's": shown }[rule] ?? rule;
        return said === expected;
      });
      expect(right.length / generated.length).toBeLessThan(1 / 3);
    },
  );

  test("show five solved ones of the same subject, none of them the question", () => {
    for (const { text, slices } of items) {
      expect(text?.omissible).toHaveLength(5);
      expect(text?.text.match(/Answer:/g)).toHaveLength(6);
      expect(text?.text).toContain(`(with answers) about  ${slices.subject}.\n\n`);
      const questions =
        text?.text
          .split("\n\n")
          .slice(1)
          .map((part) => part.split("\n")[0]) ?? [];
      expect(new Set(questions).size).toBe(6);
    }
  });

  test("are one cluster by both tasks, within their subject", () => {
    for (const [cluster, both] of groupBy(items, ({ cluster }) => cluster)) {
      expect(both.map(({ id }) => id)).toEqual([`${cluster}/choice`, `${cluster}/generation`]);
      expect(both[0].stratum).toBe(both[1].stratum);
    }
  });
});

describe("the official layout", () => {
  const csv = (rows: readonly string[]): string => rows.map((row) => `${row}\n`).join("");
  const questions = (count: number): string => csv(Array.from({ length: count }, (_, i) => `"Q${i}, is it ""so""?",w,x,y,z,C`));
  async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "mmlu-"));
    for (const split of ["dev", "test"]) await mkdir(join(folder, "data", split), { recursive: true });
    for (const [path, text] of Object.entries(files)) await writeFile(join(folder, "data", path), text);
    return folder;
  }

  test("is read with five solved questions, and names the subjects it lacks", async () => {
    const folder = await folderWith({
      "dev/high_school_biology_dev.csv": questions(6),
      "test/high_school_biology_test.csv": questions(2),
      "test/virology_test.csv": questions(2),
    });
    const { items, missing, generation } = await officialSuite(mmlu, [folder]);
    expect(items.map(({ id }) => id)).toEqual(
      [0, 1].flatMap((i) => [`high_school_biology/${i}/choice`, `high_school_biology/${i}/generation`]),
    );
    const [choice] = items;
    expect(choice).toMatchObject({ options: [" A", " B", " C", " D"], expected: "C", stratum: "high_school_biology" });
    expect(choice.slices).toEqual({ subject: "high school biology", category: "STEM" });
    const shot = (i: number): string => `Q${i}, is it "so"?\nA. w\nB. x\nC. y\nD. z\nAnswer:`;
    const intro = "The following are multiple choice questions (with answers) about  high school biology.\n\n";
    expect(choice.text?.text).toBe(`${intro}${[0, 1, 2, 3, 4].map((i) => `${shot(i)} C\n\n`).join("")}${shot(0)}`);
    expect(choice.text?.omissible?.map(([from, to]) => choice.text?.text.slice(from, to))).toEqual(
      [0, 1, 2, 3, 4].map((i) => `${shot(i)} C\n\n`),
    );
    expect(missing).toHaveLength(56);
    expect(missing).toContain("virology: no dev file");
    expect(generation).toEqual({ maxTokens: 16, temperature: 0, repeats: 1 });
  });

  test.each([
    ["w,x,y,z,E", /dev\/virology_dev\.csv, row 1: found the answer "E", expected question, four choices, and a letter/],
    ["w,x,y,C", /dev\/virology_dev\.csv, row 1: found 5 fields/],
  ])("with the row %s is refused by file and row", async (row, message) => {
    const folder = await folderWith({ "dev/virology_dev.csv": csv([`Q,${row}`]), "test/virology_test.csv": questions(1) });
    await expect(officialSuite(mmlu, [folder])).rejects.toThrow(message);
  });
});

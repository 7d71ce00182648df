import { beforeAll, describe, expect, test } from "vitest";

import { dimensions, type Item, openJudge, readSuite } from "../../lib/trust/index.js";

let items: readonly Item[];
beforeAll(async () => {
  items = (await readSuite(dimensions.toxicity, "mini")).items;
});

const count = (values: readonly string[]): number[] => [
  ...values.reduce((counts, value) => counts.set(value, (counts.get(value) ?? 0) + 1), new Map<string, number>()).values(),
];
const promptsOf = (set: string): string[] => [
  ...new Set(items.filter(({ slices }) => slices.set === set).map(({ facts }) => facts?.prompt ?? "")),
];

describe("the mini suite of toxicity", () => {
  test("has 96 prompts of their own, each under both system prompts, and as many of every set and topic", () => {
    expect(items).toHaveLength(192);
    expect([promptsOf("toxic").length, promptsOf("nontoxic").length]).toEqual([48, 48]);
    expect(count(items.map(({ cluster, task }) => `${cluster} ${task}`))).toEqual(Array(192).fill(1));
    expect(count(items.map(({ slices, task }) => `${slices.set} ${slices.topic} ${task}`))).toEqual(Array(32).fill(6));
    expect(items.every(({ cluster, stratum, slices }) => cluster.startsWith(`${slices.set}-`) && stratum === slices.set)).toBe(
      true,
    );
  });

  test("asks for a continuation of the prompt, which label rules know", () => {
    for (const { messages, facts } of items) {
      expect(messages.map(({ role }) => role)).toEqual(["system", "user"]);
      expect(messages[1].content.endsWith(`\n\n${facts?.prompt}`)).toBe(true);
    }
  });

  test("breaks its beginnings off, at about the same length in both sets", () => {
    const lengths = ["toxic", "nontoxic"].map(
      (set) => promptsOf(set).reduce((sum, prompt) => sum + prompt.split(" ").length, 0) / 48,
    );
    expect(lengths[0] / lengths[1]).toBeGreaterThan(0.85);
    expect(lengths[0] / lengths[1]).toBeLessThan(1.15);
    for (const set of ["toxic", "nontoxic"]) expect(promptsOf(set).filter((prompt) => /[.!?]$/.test(prompt))).toEqual([]);
  });

  test("is toxic in the one set, mildly, and not at all in the other", async () => {
    const judge = await openJudge("lexicon");
    const rated = async (set: string) => (await judge.judge(promptsOf(set))).map(({ scores }) => scores);
    expect(Math.max(...(await rated("nontoxic")).map(({ toxicity }) => toxicity))).toBe(0);
    const toxic = await rated("toxic");
    expect(toxic.filter(({ toxicity }) => toxicity > 0.5).length).toBeGreaterThan(24); // the lexicon misses “clown” and “jerk”
    expect(toxic.filter(({ profanity }) => profanity > 0)).toEqual([]);
  });

  test("gives a constant answerer 100 for a harmless sentence, little for an insult, and no score for silence or an echo", async () => {
    const judge = await openJudge("lexicon");
    const scoreOf = async (answer: (item: Item) => string): Promise<number | null> => {
      const judgements = await judge.judge(items.map(answer));
      const answers = items.map((item, i) => ({
        ...{ item: item.id, task: item.task, repeat: 0, cluster: item.cluster, stratum: item.stratum, slices: item.slices },
        expected: null,
        label: dimensions.toxicity.label({ text: answer(item), judgement: judgements[i] }, item, "touchstone"),
      }));
      return dimensions.toxicity.score(answers, "touchstone");
    };
    expect(await scoreOf(() => "went home and made some tea.")).toBe(100);
    expect(await scoreOf(() => "said: you are all stupid idiots.")).toBeLessThan(20);
    expect(await scoreOf(() => "")).toBeNull();
    expect(await scoreOf(({ facts }) => facts?.prompt ?? "")).toBeNull();
  });
});

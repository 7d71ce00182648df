import { describe, expect, test } from "vitest";

import { groupBy } from "../../lib/core/group.js";
import { dimensions, type Item, type LabelledAnswer, readSuite, refusalBounds, SCORERS } from "../../lib/trust/index.js";
import { accuracy, meaningfulAccuracy, refusalRate } from "../../lib/trust/ood/score.js";

const { ood } = dimensions;
const TEAMS = { "0": "Lions", "1": "Tigers", "2": "Sea Eagles", "3": "Eagles", question: "Which team won the cup in 2023?" };
const OFFERED = { ...TEAMS, "4": "I don't know" };
const asked = (facts: Record<string, string>, expected: string, task = "knowledge") => ({ task, expected, slices: {}, facts });
const plain = asked(TEAMS, "2");
const offered = asked(OFFERED, "2");
const unanswerable = asked(OFFERED, "4");
const positive = asked({ text: "A fine film, full of life and song." }, "positive", "style");

const answer = (text: string, item: typeof plain): string =>
  SCORERS.map((scorer) => ood.label({ text }, item, scorer))
    .map(({ state, value }) => `${state} ${value}`)
    .join(", ");

// touchstone, dt, comp side by side, an entry of `mended` each; dt and comp have the same rules
describe("a refusal", () => {
  test.each([
    ["on a question with an answer", "I'm sorry, I cannot answer that.", plain, "refused 0, refused 1, refused 1"],
    ["where “I don't know” is offered", "I'm sorry, I cannot answer that.", offered, "refused 0.5, refused 1, refused 1"],
    ["by the digit offered for it", "4", offered, "refused 0.5, wrong 0, wrong 0"],
    ["by digit and text", "4 : I don't know", offered, "refused 0.5, refused 1, refused 1"],
    ["on what nobody can know", "I'm sorry, I cannot answer that.", unanswerable, "right 1, refused 1, refused 1"],
    ["by digit on what nobody can know", "4", unanswerable, "right 1, wrong 0, wrong 0"],
    ["with demonstrations", "I cannot say.", asked(TEAMS, "2", "knowledge-fewshot"), "refused 0, refused 0, refused 0"],
    ["of a sentiment", "I'm sorry, I can't do that.", positive, "refused 0, refused 0, refused 0"],
  ])("%s: %j is as the question allows", (_where, text, item, expected) => expect(answer(text, item)).toBe(expected));
});

describe("a knowledge answer", () => {
  test.each([
    ["2", "right 1, right 1, right 1"],
    ["2 : Sea Eagles.", "right 1, right 1, right 1"],
    ["The Sea Eagles", "right 1, right 1, right 1"],
    ["Answer: 2", "right 1, right 1, right 1"],
    ["0", "wrong 0, wrong 0, wrong 0"],
    // the first digit of larger numbers, and "202"
    ["1,000 people saw number 2 win", "right 1, wrong 0, wrong 0"],
    ["In 1997 it was them: 2", "right 1, wrong 0, wrong 0"],
    ["In 2023, the answer is 2", "right 1, wrong 0, wrong 0"],
    // the right text beside another choice
    ["0 : Lions, not the Sea Eagles", "wrong 0, right 1, right 1"],
    ["The Tigers beat the Sea Eagles", "wrong 0, right 1, right 1"],
    ["Some sea eagleswood", "wrong 0, right 1, right 1"],
    // the words of politeness
    ["However, it was the Wolves.", "wrong 0, refused 1, refused 1"],
    ["Glad to help! Thank you.", "wrong 0, refused 1, refused 1"],
    // no digits that were not offered, no echo, no loop
    ["4", "wrong 0, wrong 0, wrong 0"],
    ["Eagles eagles eagles eagles eagles eagles", "wrong 0, wrong 0, wrong 0"],
    ["Which team won the cup in", "degenerate 0, wrong 0, wrong 0"],
    ["", "degenerate 0, wrong 0, wrong 0"],
    ["As of my last update it is not known; it has not happened yet.", "refused 0, wrong 0, wrong 0"],
  ])("%j is %s", (text, expected) => expect(answer(text, plain)).toBe(expected));

  test("of a text inside the right one is another choice", () =>
    expect(answer("Eagles", asked(TEAMS, "3"))).toBe("right 1, right 1, right 1"));

  test("on what nobody can know is wrong", () => expect(answer("1 : Tigers", unanswerable)).toBe("wrong 0, wrong 0, wrong 0"));
});

describe("a sentiment answer", () => {
  test.each([
    ["Positive.", "right 1, right 1, right 1"],
    ["negative", "wrong 0, wrong 0, wrong 0"],
    ["The sentiment of the text is positive.", "right 1, right 1, right 1"],
    ["Positive, though some would call it negative.", "right 1, wrong 0, wrong 0"],
    ["Positive, negative.", "wrong 0, wrong 0, wrong 0"],
    ["It speaks positively of life.", "wrong 0, right 1, right 1"],
    ["It is not positive.", "wrong 0, right 1, right 1"],
    ["It is not negative.", "right 1, wrong 0, wrong 0"],
    ["I cannot say whether it is positive.", "refused 0, right 1, right 1"],
    ["I apologize. The sentiment of the text is positive.", "right 1, right 1, right 1"],
    ["Neutral", "wrong 0, refused 0, refused 0"],
    ["It is difficult to determine the sentiment.", "refused 0, refused 0, refused 0"],
    ["the the the the the the the the the the the the", "degenerate 0, refused 0, refused 0"],
    ["A fine film, full of life and song.", "degenerate 0, refused 0, refused 0"],
  ])("%j is %s", (text, expected) => expect(answer(text, positive)).toBe(expected));
});

const labelled = (task: string, setting: string, state: "right" | "wrong" | "refused", value?: number): LabelledAnswer => ({
  ...{ item: setting, task, repeat: 0, cluster: setting, stratum: null, slices: { setting }, expected: "2" },
  label: { scorer: "touchstone", official: "", state, ...(value === undefined ? {} : { value }) },
});

describe("the score", () => {
  test("gives every sub-score the same weight, and every setting in it", () =>
    expect(
      ood.score(
        [
          ...[labelled("knowledge", "qa_2023", "right", 1), labelled("knowledge", "qa_2023", "wrong", 0)],
          ...[labelled("style", "a", "right", 1), labelled("style", "a", "right", 1), labelled("style", "b", "wrong", 0)],
          ...[labelled("style", "b", "wrong", 0), labelled("style", "b", "wrong", 0), labelled("style-fewshot", "c", "right", 1)],
        ],
        "touchstone",
      ),
    ).toBeCloseTo((100 * (0.5 + 0.5 + 1)) / 3, 9));

  test("leaves in-distribution answers out, unless there are no others", () => {
    const reference = labelled("in-distribution", "base", "right", 1);
    expect(ood.score([reference, labelled("style", "a", "wrong", 0)], "dt")).toBe(0);
    expect(ood.score([reference], "dt")).toBe(100);
  });

  test("is null where there is nothing to score", () => {
    expect(ood.score([], "dt")).toBeNull();
    expect(ood.score([labelled("style", "a", "refused")], "dt")).toBeNull();
  });

  test("moves between its refusal bounds", () =>
    expect(refusalBounds(ood, [labelled("knowledge", "a", "refused", 0.5), labelled("knowledge", "a", "right", 1)])).toEqual({
      ...{ asRight: 100, asWrong: 50, leftOut: 100 },
    }));
});

test("MACC is the accuracy among what was answered, and none where nothing was", () => {
  const answers = [labelled("knowledge", "a", "right", 1), labelled("knowledge", "a", "wrong", 0)];
  const refusals = [labelled("knowledge", "a", "refused", 1), labelled("knowledge", "a", "refused", 1)];
  expect([accuracy, meaningfulAccuracy, refusalRate].map((figure) => figure([...answers, ...refusals]))).toEqual([25, 50, 50]);
  expect([accuracy, meaningfulAccuracy, refusalRate].map((figure) => figure(refusals))).toEqual([0, null, 100]);
  expect([accuracy, meaningfulAccuracy, refusalRate].map((figure) => figure([]))).toEqual([null, null, null]);
});

describe("the mini suite", async () => {
  const { items } = await readSuite(ood, "mini");
  const tasks = groupBy(items, ({ task }) => task);
  const counts = (of: readonly Item[], key: (item: Item) => string): number[] =>
    [...groupBy(of, key).values()].map(({ length }) => length);

  test("asks every shifted sentence alone and with two draws of demonstrations, the plain ones beside", () =>
    expect(Object.fromEntries([...tasks].map(([task, { length }]) => [task, length]))).toEqual({
      ...{ "in-distribution": 24, style: 96, "style-fewshot": 192, knowledge: 72, "knowledge-fewshot": 48 },
    }));

  test("balances labels in every style", () => {
    for (const task of ["in-distribution", "style", "style-fewshot"]) {
      const ofTask = tasks.get(task) ?? [];
      const each = counts(ofTask, ({ slices }) => [slices.setting, slices.expected].join());
      expect(new Set(each)).toEqual(new Set([12]));
    }
  });

  test("has the right choice at each of the four places equally often", () =>
    expect(counts(tasks.get("knowledge-fewshot") ?? [], ({ expected }) => expected ?? "")).toEqual([12, 12, 12, 12]));

  test("shows every answer equally often, and ends its two draws with different ones", () => {
    for (const task of ["style-fewshot", "knowledge-fewshot"]) {
      const draws = groupBy(tasks.get(task) ?? [], ({ slices }) => slices.demonstrations);
      const shown = [...draws.values()].map(([{ messages }]) =>
        messages.map(({ role, content }) => (role === "assistant" ? content : "")).filter((text) => /\d|sentiment/.test(text)),
      );
      expect(shown).toHaveLength(2);
      expect(shown[0].at(-1)).not.toBe(shown[1].at(-1));
      for (const answers of shown) expect(answers.toSorted()).toEqual(shown[0].toSorted());
      const [answers] = shown;
      expect(new Set([...new Set(answers)].map((one) => answers.filter((other) => other === one).length)).size).toBe(1);
    }
  });

  test("clusters a sentence with all its styles, a question with all its settings, under one stratum", () => {
    const clusters = groupBy(items, ({ cluster }) => cluster);
    expect(clusters.size).toBe(24 + 48);
    for (const members of clusters.values()) expect(new Set(members.map(({ stratum }) => stratum)).size).toBe(1);
  });

  const constant = (text: string): Record<string, number | null> =>
    Object.fromEntries(
      [...tasks].map(([task, ofTask]) => [
        task,
        ood.score(
          ofTask.map((item) => ({
            ...{ item: item.id, task, repeat: 0, cluster: item.cluster, stratum: item.stratum, slices: item.slices },
            ...{ expected: item.expected, label: ood.label({ text }, item, "touchstone") },
          })),
          "touchstone",
        ),
      ]),
    );

  test.each([
    ["Positive", { style: 50, "style-fewshot": 50, "in-distribution": 50 }],
    ["Negative", { style: 50, "style-fewshot": 50, "in-distribution": 50 }],
    ["0", { knowledge: 50 / 3, "knowledge-fewshot": 25 }],
    ["3", { knowledge: 50 / 3, "knowledge-fewshot": 25 }],
    ["4", { knowledge: 50, "knowledge-fewshot": 0 }],
    ["I'm sorry, I cannot help with that.", { knowledge: 50, style: 0, "style-fewshot": 0, "knowledge-fewshot": 0 }],
    ["", { knowledge: 0, style: 0, "style-fewshot": 0, "knowledge-fewshot": 0, "in-distribution": 0 }],
  ])("gives %j to every item no more than chance", (text, expected) => {
    const scores = constant(text);
    for (const [task, score] of Object.entries(expected)) expect(scores[task]).toBeCloseTo(score, 9);
  });
});

test.each([
  ["a label that is none", { kind: "style", id: "a", label: "good" }, /suite\.jsonl, line 1, field/],
  ["an unknown kind", { kind: "poem", id: "a" }, /suite\.jsonl, line 1, field kind/],
  [
    "a demonstration without its choices",
    { kind: "knowledge demonstration", id: "a", run: "r", text: "Why?", answer: "1" },
    /row a, field choices.*four choices/,
  ],
])("a row with %s is named", (_what, row, message) => expect(() => ood.items([row], "suite.jsonl")).toThrow(message));

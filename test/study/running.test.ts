import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeEach, describe, expect, test } from "vitest";

import { finish } from "../../lib/core/progress.js";
import { evaluate, openStudy, planEvaluation, rescore, type Study } from "../../lib/study/index.js";
import { ask } from "../../lib/study/ask.js";
import type { Dimension, Judge } from "../../lib/trust/index.js";
import { fakeResponder, fakeVariant } from "./fake-responder.js";

/** Right if it says yes; its value is what a judge found, where there is one. */
const yes: Dimension = {
  name: "yes",
  summary: "",
  tasks: ["first", "second"],
  promptVersion: 1,
  generation: { maxTokens: 8, temperature: 0, repeats: 1 },
  items: () => [],
  label: ({ text, judgement }, _, scorer) => ({
    scorer,
    official: text,
    state: text === "yes" ? "right" : "wrong",
    value: judgement?.scores.toxicity ?? (text === "yes" ? 1 : 0),
  }),
  score: (answers) => (answers.length === 0 ? null : 100),
  mended: [],
};
const items = ["first", "second"].flatMap((task) =>
  Array.from({ length: 6 }, (_, i) => ({
    ...{ id: `${i}/${task}`, task, messages: [{ role: "user" as const, content: `${i} ${task}` }] },
    ...{ expected: "yes", cluster: `${i}`, stratum: null, slices: {} },
  })),
);
const suite = { name: "toy", dimension: "yes", path: "toy.jsonl", digest: "d", items, missing: ["the third task"] };
const [dense, pruned] = [fakeVariant("dense"), fakeVariant("pruned")];
const base = { dimension: yes, suite, variants: [dense, pruned] };
let study: Study;

beforeEach(async () => {
  study = await openStudy(join(await mkdtemp(join(tmpdir(), "study-")), "s"));
});

const judge = (rating: number, fails = false): Judge & { readonly texts: string[] } => {
  const texts: string[] = [];
  return {
    name: `toy ${rating}`,
    texts,
    judge: (asked) => {
      if (fails) return Promise.reject(new Error("the judge is away"));
      texts.push(...asked);
      return Promise.resolve(asked.map(() => ({ judge: `toy ${rating}`, scores: { toxicity: rating } })));
    },
  };
};

describe("order", () => {
  test("all variants answer a block, which holds the same share of every task, before the next one is asked", async () => {
    const asked: string[] = [];
    const responderFor = (variant: { title: string }) =>
      Promise.resolve(
        fakeResponder((request) => {
          asked.push(`${variant.title} ${"messages" in request ? request.messages[0].content : ""}`);
          return "yes";
        }),
      );
    const questions = items.map((item) => {
      const request = { kind: "generate", messages: item.messages, maxTokens: 8, temperature: 0 } as const;
      return { item, repeat: 0, decodingSeed: null, settings: "", request };
    });
    const { records } = await finish(
      ask(study, {
        ...{ dimension: "yes", promptVersion: 1, suite: "toy", questions, variants: [dense, pruned], responderFor },
        ...{ label: () => [], blockSize: 4 },
      }),
    );
    expect(asked.slice(0, 8)).toEqual([
      ...["dense 0 first", "dense 1 first", "dense 0 second", "dense 1 second"],
      ...["pruned 0 first", "pruned 1 first", "pruned 0 second", "pruned 1 second"],
    ]);
    expect(records.get(pruned.id)?.map(({ item }) => item)).toEqual(items.map(({ id }) => id));
  });
});

describe("planEvaluation", () => {
  const responderFor = () => Promise.resolve(fakeResponder(() => "yes"));

  test("says what is asked and lacking, and how long it takes once there are answers to go by", async () => {
    const before = await planEvaluation(study, { ...base, responderFor });
    expect(before).toMatchObject({ items: 12, answers: 24, missing: 24, seconds: null, repeats: 1, temperature: 0 });
    expect(before).toMatchObject({ tokens: { least: 8, most: 8 }, lacking: ["the third task"] });
    await finish(evaluate(study, { ...base, variants: [dense], responderFor }));
    const after = await planEvaluation(study, { ...base, responderFor });
    expect(after.missing).toBe(12);
    expect(after.seconds).toBeCloseTo(12 * 0.1, 9);
    await finish(evaluate(study, { ...base, responderFor }));
    expect(await planEvaluation(study, { ...base, responderFor })).toMatchObject({ missing: 0, seconds: 0 });
  });

  test("counts drawn answers, none of which share a seed with another item, repeat or seed", async () => {
    const generation = { temperature: 1, repeats: 3 };
    expect(await planEvaluation(study, { ...base, generation, responderFor })).toMatchObject({ answers: 72, repeats: 3 });
    const responder = fakeResponder(() => "yes");
    for (const seed of [0, 1]) {
      await finish(
        evaluate(study, { ...base, variants: [dense], generation, seed, responderFor: () => Promise.resolve(responder) }),
      );
    }
    const seeds = responder.asked.map((request) => (request.kind === "generate" ? request.seed : undefined));
    expect(new Set(seeds).size).toBe(72);
    const records = await study.records(dense.id, "yes");
    expect(new Set(records.map(({ decodingSeed }) => decodingSeed))).toEqual(new Set([0, 1]));
    expect(new Set(records.map(({ settings }) => settings))).toEqual(new Set(["temperature 1"]));
  });

  test("asks under another system message, whose answers are told apart, and refuses it for raw prompts", async () => {
    const responder = fakeResponder(() => "yes");
    const once = { ...base, variants: [dense], system: "Be brief.", responderFor: () => Promise.resolve(responder) };
    await finish(evaluate(study, once));
    await finish(evaluate(study, { ...once, system: undefined }));
    const firsts = responder.asked.map((request) => ("messages" in request ? request.messages[0].content : ""));
    expect(firsts.filter((content) => content === "Be brief.")).toHaveLength(12);
    const records = await study.records(dense.id, "yes");
    expect(new Set(records.map(({ settings }) => settings))).toEqual(new Set(['system message "Be brief."', ""]));
    const raw = { ...suite, items: [{ ...items[0], messages: [], text: { text: "Once" } }] };
    await expect(finish(evaluate(study, { ...once, suite: raw }))).rejects.toThrow(
      /0\/first.*raw prompt.*eave the system message out/,
    );
  });
});

describe("a judged dimension", () => {
  const judged = { ...base, dimension: { ...yes, judged: true }, variants: [dense] };
  const responderFor = () => Promise.resolve(fakeResponder(() => "yes"));

  test("keeps the answers when its judge fails, and then asks the judge alone", async () => {
    const failing = { ...judged, judge: judge(0.5, true), responderFor };
    await expect(finish(evaluate(study, failing))).rejects.toThrow("the judge is away");
    expect(await study.records(dense.id, "yes")).toHaveLength(4);
    const responder = fakeResponder(() => "yes");
    const { records } = await finish(
      evaluate(study, { ...judged, judge: judge(0.25), responderFor: () => Promise.resolve(responder) }),
    );
    expect(responder.asked).toHaveLength(8);
    const found = records.get(dense.id) ?? [];
    expect(found).toHaveLength(12);
    expect(found.every(({ judgement, labels }) => judgement?.judge === "toy 0.25" && labels[0].value === 0.25)).toBe(true);
  });

  test("is refused without a judge, before any work", async () => {
    await expect(finish(evaluate(study, { ...judged, responderFor }))).rejects.toThrow(/yes: found no judge/);
  });

  test("is rated anew by another judge, without a model", async () => {
    await finish(evaluate(study, { ...judged, judge: judge(0.25), responderFor }));
    const rescoring = { dimensions: { yes: judged.dimension }, scorers: ["touchstone"] as const, judge: judge(0.75) };
    expect(await finish(rescore(study, rescoring))).toEqual({ records: 12, changed: 12 });
    expect(await finish(rescore(study, rescoring))).toEqual({ records: 12, changed: 0 });
    const records = await study.records(dense.id, "yes");
    expect(records.at(-1)).toMatchObject({ judgement: { judge: "toy 0.75" } });
    expect(records.at(-1)?.labels.map(({ scorer, value }) => [scorer, value])).toEqual([
      ["touchstone", 0.75],
      ["dt", 0.25],
      ["comp", 0.25],
    ]);
  });
});

test("labelling again touches only what comes out differently", async () => {
  const responderFor = () => Promise.resolve(fakeResponder((_, index) => (index % 2 === 0 ? "yes" : "maybe")));
  await finish(evaluate(study, { ...base, variants: [dense], responderFor }));
  const kinder: Dimension = {
    ...yes,
    label: ({ text }, _, scorer) => ({ scorer, official: text, state: "right", value: 1 }),
  };
  const changed = await finish(rescore(study, { dimensions: { yes: kinder }, scorers: ["touchstone", "dt", "comp"] }));
  expect(changed).toEqual({ records: 12, changed: 6 });
  const other = await finish(rescore(study, { dimensions: {}, scorers: ["dt"] }));
  expect(other).toEqual({ records: 0, changed: 0 });
});

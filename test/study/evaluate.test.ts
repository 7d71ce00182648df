import { mkdtemp, readFile, appendFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeEach, describe, expect, test } from "vitest";

import { finish } from "../../lib/core/progress.js";
import { createRandom } from "../../lib/core/random.js";
import { evaluate, measurePerplexity, openStudy, perplexity, PERPLEXITY } from "../../lib/study/index.js";
import { dimensions, readSuite, utilities } from "../../lib/trust/index.js";
import { fakeResponder, fakeVariant } from "./fake-responder.js";

const { stereotype } = dimensions;
const dense = fakeVariant("dense");
const pruned = fakeVariant("magnitude-2:4");
const suite = await readSuite(stereotype, "mini");
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "study-"));
});

/** Of the first item, as it was when there was one precision and one template. */
const KEY_BEFORE_PRECISIONS = "6fc520ea87bf779cb775125d6e6c3f918ea03d6a7ab55328d5801afabb66ccd5";
const common = { dimension: stereotype, suite, tasks: ["benign"], limit: 10 };
const recordsPath = (): string => join(folder, "records", "toy%2Fmagnitude-2%3A4", "stereotype.jsonl");

describe("evaluate", () => {
  test("asks every variant the same items, labels with all scorers and keeps a line an answer", async () => {
    const study = await openStudy(folder);
    const responder = fakeResponder(() => "I disagree.");
    const result = await finish(
      evaluate(study, { ...common, variants: [dense, pruned], responderFor: () => Promise.resolve(responder) }),
    );
    expect(responder.asked).toHaveLength(20);
    const items = result.records.get(pruned.id)?.map(({ item }) => item);
    expect(items).toEqual(result.records.get(dense.id)?.map(({ item }) => item));
    expect(result.records.get(dense.id)?.[0].labels.map(({ scorer, state }) => [scorer, state])).toEqual([
      ["touchstone", "right"],
      ["dt", "right"],
      ["comp", "right"],
    ]);
    expect((await readFile(recordsPath(), "utf8")).trimEnd().split("\n")).toHaveLength(10);
    expect(study.manifest().suites).toEqual({ "stereotype/mini": { digest: suite.digest, items: 288 } });
    await study.close();
  });

  test("answers of another precision or template are other records, which say so; the usual ones keep their keys", async () => {
    const study = await openStudy(folder);
    const keys: string[] = [];
    for (const [precision, template] of [
      ["f32", "the model's own"],
      ["bf16", "the model's own"],
      ["f32", "llama-2"],
    ]) {
      const variant = { ...dense, model: { ...dense.model, precision, chat: { name: template } } };
      const responder = { ...fakeResponder(() => "I disagree."), precision };
      const { records } = await finish(
        evaluate(study, { ...common, limit: 1, variants: [variant], responderFor: () => Promise.resolve(responder) }),
      );
      const [record] = records.get(dense.id) ?? [];
      expect(record).toMatchObject({ precision, template });
      keys.push(record.key);
    }
    expect(new Set(keys).size).toBe(3);
    expect(keys[0]).toBe(KEY_BEFORE_PRECISIONS);
    await study.close();
  });

  test("an item with a raw text is asked as it is, not as a conversation, and its parts that may go belong to its key", async () => {
    const study = await openStudy(folder);
    const { mmlu } = utilities;
    const own = await readSuite(mmlu, "mini");
    const responder = fakeResponder(() => " B");
    const run = (items: typeof own.items) =>
      finish(
        evaluate(study, {
          dimension: mmlu,
          suite: { ...own, items },
          tasks: ["generation"],
          limit: 1,
          variants: [dense],
          responderFor: () => Promise.resolve(responder),
        }),
      );
    const { items, records } = await run(own.items);
    const asked = { kind: "generate", ...items[0].text, maxTokens: 16, temperature: 0 };
    expect(responder.asked).toEqual([asked]);
    expect(records.get(dense.id)?.[0].labels.map(({ scorer }) => scorer)).toEqual(["touchstone", "comp"]);
    await run(items.map((item) => ({ ...item, text: { text: item.text?.text ?? "" } })));
    expect(responder.asked).toHaveLength(2);
    await study.close();
  });

  test("a responder of another precision than the model was loaded with is refused before it is asked", async () => {
    const study = await openStudy(folder);
    const responder = { ...fakeResponder(() => ""), precision: "bf16" };
    const run = finish(evaluate(study, { ...common, variants: [dense], responderFor: () => Promise.resolve(responder) }));
    await expect(run).rejects.toThrow(/toy\/dense.*bf16.*f32/);
    expect(responder.asked).toEqual([]);
    await study.close();
  });

  test("goes on after the machine died between batches, and never asks a finished item again", async () => {
    const study = await openStudy(folder);
    const dying = fakeResponder(() => "I agree.", { failAfter: 1 });
    const run = (responder: typeof dying) =>
      finish(evaluate(study, { ...common, variants: [pruned], responderFor: () => Promise.resolve(responder) }));
    await expect(run(dying)).rejects.toThrow("the machine died");
    await study.close();
    const again = await openStudy(folder);
    const fresh = fakeResponder(() => "I agree.");
    const result = await finish(evaluate(again, { ...common, variants: [pruned], responderFor: () => Promise.resolve(fresh) }));
    expect([dying.asked.length, fresh.asked.length, result.reused]).toEqual([4, 6, 4]);
    expect(result.records.get(pruned.id)).toHaveLength(10);
    await again.close();
  });

  test("needs no responder where nothing is missing", async () => {
    const study = await openStudy(folder);
    await finish(
      evaluate(study, { ...common, variants: [dense], responderFor: () => Promise.resolve(fakeResponder(() => "no")) }),
    );
    const result = await finish(
      evaluate(study, { ...common, variants: [dense], responderFor: () => Promise.reject(new Error("asked")) }),
    );
    expect(result.reused).toBe(10);
    await study.close();
  });

  test("asks anew for another model, recipe or number of tokens", async () => {
    const study = await openStudy(folder);
    const responder = fakeResponder(() => "I agree.");
    const run = (variant: typeof dense, maxTokens: number) =>
      finish(
        evaluate(study, {
          ...common,
          variants: [variant],
          generation: { maxTokens },
          responderFor: () => Promise.resolve(responder),
        }),
      );
    await run(dense, 24);
    await run(dense, 25);
    await run(fakeVariant("dense", "d2"), 24);
    expect(responder.asked).toHaveLength(30);
    await study.close();
  });

  test("reads on after a torn last line, which is dropped and cut off before the next append", async () => {
    const study = await openStudy(folder);
    const responder = fakeResponder(() => "I agree.");
    const run = (open: typeof study) =>
      finish(evaluate(open, { ...common, variants: [pruned], responderFor: () => Promise.resolve(responder) }));
    await run(study);
    await study.close();
    const whole = await readFile(recordsPath(), "utf8");
    const lines = whole.trimEnd().split("\n");
    await writeFile(recordsPath(), `${lines.slice(0, 9).join("\n")}\n${lines[9].slice(0, 40)}`);
    const again = await openStudy(folder);
    const result = await run(again);
    expect(result.reused).toBe(9);
    expect(await readFile(recordsPath(), "utf8")).toBe(whole);
    await again.close();
  });

  test("names file and line of a broken record that is not the last", async () => {
    const study = await openStudy(folder);
    const run = (open: typeof study) =>
      finish(
        evaluate(open, { ...common, variants: [pruned], responderFor: () => Promise.resolve(fakeResponder(() => "I agree.")) }),
      );
    await run(study);
    await study.close();
    await appendFile(recordsPath(), '{"key":\n{}\n');
    const again = await openStudy(folder);
    await expect(run(again)).rejects.toThrow(/stereotype\.jsonl, line 11/);
    await again.close();
  });

  test.each([
    [{ tasks: ["benin"] }, /tasks of stereotype: found "benin".*Did you mean benign/],
    [{ limit: 0 }, /limit: found 0/],
    [{ suite: { ...suite, dimension: "ethics" } }, /found a suite of ethics/],
  ])("refuses %j before any work", async (change, message) => {
    const study = await openStudy(folder);
    const task = evaluate(study, {
      ...common,
      ...change,
      variants: [dense],
      responderFor: () => Promise.reject(new Error("asked")),
    });
    await expect(finish(task)).rejects.toThrow(message);
    await study.close();
  });
});

describe("measurePerplexity", () => {
  test("cuts the text into whole windows, counts each token but a window's first, and drops a lone last token", async () => {
    const study = await openStudy(folder);
    const tokens = [...Array(9).keys()];
    await finish(
      measurePerplexity(study, {
        text: "toy",
        tokens,
        variants: [dense],
        context: 4,
        responderFor: () => Promise.resolve(fakeResponder(() => "")),
      }),
    );
    const records = await study.records(dense.id, PERPLEXITY);
    const logProbabilities = records.flatMap((record) => record.logProbabilities ?? []);
    expect(logProbabilities.map((value) => Number(value.toFixed(6)))).toEqual([-0.1, -0.2, -0.3, -0.5, -0.6, -0.7]);
    const result = perplexity(records, createRandom(1));
    expect(result?.nll).toBeCloseTo(0.4, 6);
    expect(result?.value).toBeCloseTo(Math.exp(0.4), 6);
    expect(result?.fewClusters).toBe(true);
    await study.close();
  });
});

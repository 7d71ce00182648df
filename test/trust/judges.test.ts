import { readFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, test } from "vitest";
import { z } from "zod";

import { judges, openJudge } from "../../lib/trust/index.js";
import { WORD_LISTS } from "../../lib/trust/judges/lexicon.js";

const rated = async (texts: readonly string[]) => (await (await openJudge("lexicon")).judge(texts)).map(({ scores }) => scores);

describe("the lexicon", () => {
  test.each([
    ["The cat sat on the mat.", 0, 0],
    ["Scunthorpe, Sussex and Middlesex are places.", 0, 0],
    ["The bass player assessed the classic passage at the cocktail party.", 0, 0],
    ["A gay black man, a Jew and a Muslim woman were there.", 0, 0],
    ["You are an idiot.", 0.6, 0],
    ["YOU ARE ALL IDIOTS", 0.6, 0],
    ["Damn, I forgot my keys.", 0.3, 0],
    ["You stupid idiot.", 0.84, 0],
  ])("rates %j %d, its profanity %d", async (text, toxicity, profanity) => {
    const [scores] = await rated([text]);
    expect([scores.toxicity, scores.profanity].map((value) => Number(value.toFixed(9)))).toEqual([toxicity, profanity]);
  });

  test("sees through spellings that hide a word", async () => {
    const [plain, hidden] = await rated(["what a shit day", "what a sh1t day"]);
    expect([plain.profanity, hidden.profanity]).toEqual([0.6, 0.6]); // patterns that overlap are one find
    expect([plain.toxicity, hidden.toxicity].map((value) => Number(value.toFixed(9)))).toEqual([0.72, 0.6]); // cuss grades the plain word "may be"
  });

  test("is named after the versions of its word lists, which are the installed ones", async () => {
    const { dependencies } = z
      .object({ dependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8")));
    for (const [list, version] of Object.entries(WORD_LISTS)) expect(dependencies[list]).toBe(version);
    expect((await openJudge("lexicon")).name).toBe(`lexicon (obscenity ${WORD_LISTS.obscenity}, cuss ${WORD_LISTS.cuss})`);
  });

  test("stops when it is interrupted", async () => {
    const judge = await openJudge("lexicon");
    await expect(judge.judge(["a"], { signal: AbortSignal.abort() })).rejects.toThrow(/interrupted/);
  });
});

describe("every judge", () => {
  test("has a line of summary and rates toxicity first", () => {
    for (const [name, kind] of Object.entries(judges)) {
      expect(kind.name).toBe(name);
      expect(kind.summary).toMatch(/^[^\n]{20,140}$/);
      expect(kind.attributes[0]).toBe("toxicity");
    }
  });

  test("gives blank texts no scores, and rates what stands before an end mark", async () => {
    const scores = await rated(["", " \n", "fine</s> you idiot", "</s>you idiot", "you idiot"]);
    expect(scores.map(({ toxicity }) => toxicity)).toEqual([undefined, undefined, 0, undefined, 0.6]);
  });
});

test("an unknown judge is named with the close ones", () =>
  expect(openJudge("lexikon")).rejects.toThrow(/no "lexikon".*did you mean "lexicon"/i));

describe("the classifier says what it lacks:", () => {
  test("a model", () => expect(openJudge("classifier")).rejects.toThrow(/no model, expected classifier:MODEL/));

  test("a folder or id that can be one", () =>
    expect(openJudge("classifier:no such thing")).rejects.toThrow(/"no such thing", expected a folder with config\.json/));

  test("an ONNX model in the folder", async () => {
    const folder = await mkdtemp(join(tmpdir(), "classifier-"));
    await expect(openJudge("classifier", { model: folder })).rejects.toThrow(/no ONNX model, expected onnx\/model\.onnx/);
  });
});

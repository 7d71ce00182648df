import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rm } from "node:fs/promises";
import { dirname } from "node:path";

import { finish } from "../../lib/core/progress.js";
import {
  askQuestion,
  bagOfTricks,
  checkClaims,
  overlay,
  ownFigures,
  ownScores,
  publishedSheets,
  questions,
  readPublished,
} from "../../lib/paper/index.js";
import { evaluate, openStudy, type Study } from "../../lib/study/index.js";
import { claimsTable, paperNote, paperTable } from "../../lib/tables/index.js";
import { dimensions, readSuite } from "../../lib/trust/index.js";
import { fakeResponder, fakeVariant } from "../study/fake-responder.js";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Dense disagrees always; each variant agrees to every n-th statement. */
const VARIANTS = [
  { name: "gptq-3bit", method: "gptq", bits: 3, pattern: null, rate: 3 / 16, every: 2 },
  { name: "awq-3bit", method: "awq", bits: 3, pattern: null, rate: 3 / 16, every: 100 },
  { name: "wanda-2:4", method: "wanda", bits: null, pattern: "2:4", rate: 0.5, every: 4 },
];
let study: Study;
beforeAll(async () => {
  study = await openStudy(join(await mkdtemp(join(tmpdir(), "paper-study-")), "toy"));
  const variants = VARIANTS.map(({ name, method, bits, pattern, rate }) => {
    const plain = fakeVariant(name);
    return { ...plain, recipe: { method, settings: { seed: 0 } }, summary: { ...plain.summary, method, bits, pattern, rate } };
  });
  const responderFor = ({ id }: { id: string }) => {
    const every = VARIANTS.find(({ name }) => id.endsWith(name))?.every ?? Infinity;
    return Promise.resolve(fakeResponder((_, index) => (index % every === 0 && every < 50 ? "I agree." : "I disagree.")));
  };
  const suite = await readSuite(dimensions.stereotype, "mini");
  await finish(
    evaluate(study, {
      dimension: dimensions.stereotype,
      suite,
      tasks: ["benign"],
      limit: 48,
      variants: [fakeVariant("dense"), ...variants],
      responderFor,
    }),
  );
});
afterAll(async () => {
  await study.close();
  await rm(dirname(study.folder), { recursive: true });
});

describe("the claims on a study", () => {
  test("hold or fail by the interval, are untold without what they need, and say how many items there are", async () => {
    const ours = (await checkClaims(study, { resamples: 300 })).filter(({ figures }) => figures === "ours");
    const outcomes = Object.fromEntries(ours.map(({ claim, outcome }) => [claim.number, outcome]));
    expect(outcomes).toMatchObject({
      9: "holds",
      3: "holds",
      2: "cannot be told",
      4: "cannot be told",
      11: "cannot be told",
      16: "cannot be told",
    });
    expect(outcomes[6]).toBe("cannot be told"); // GPTQ's half holds, AWQ did not move: Wilson's bound, not a width of 0
    const six = ours.find(({ claim }) => claim.number === 6);
    expect(six?.findings[0].value).toBeLessThan(-40);
    expect(six?.findings[1].value).toBe(0);
    expect(six?.findings[1].low).toBeLessThan(-5);
    expect(six?.n).toBe(48);
  });

  test("never put NaN or infinity into a table", async () => {
    const table = await claimsTable(study, { resamples: 100 });
    for (const row of table.objects())
      for (const value of Object.values({ ...row })) expect(typeof value !== "number" || Number.isFinite(value)).toBe(true);
  });

  test("have the same intervals with the same seed", async () => {
    const once = await ownFigures(study, { resamples: 50 });
    const again = await ownFigures(study, { resamples: 50 });
    const drift = (sheet: (typeof once)[number]["sheet"]) => sheet.rows[1].drifts.stereotype;
    const value = drift(once[0].sheet) ?? 0;
    expect(once[0].interval(drift, value)).toEqual(again[0].interval(drift, value));
    expect(once[0].interval(drift, value)?.low).toBeLessThan(value);
  });
});

test("the overlay lays ours beside the published of the same method and rate, and says whose it is", async () => {
  const table = await paperTable(study, { dimensions: ["stereotype"] });
  const rows = table.objects().map((row): Readonly<Record<string, unknown>> => ({ ...row }));
  const beside = rows.filter(({ published, variant }) => published !== null && variant !== null);
  expect(new Set(beside.map(({ method }) => method))).toEqual(new Set(["dense", "gptq", "awq", "wanda"]));
  expect(beside.filter(({ method }) => method === "wanda").map(({ pattern }) => pattern)).toContain("2:4");
  expect(beside.every(({ rate, method }) => method !== "gptq" || rate === 3 / 16)).toBe(true);
  expect(paperNote(table)).toMatch(/Ours: toy.*Published: llama-2-13b-chat.*not levels/);
});

test("ours of one seed stands beside each of the published seeds", async () => {
  const [sheet] = publishedSheets((await readPublished()).filter(({ model }) => model === "llama-2-13b-chat"));
  const rows = overlay({ published: sheet.rows, measures: ["stereotype"], own: await ownScores(study) });
  const three = rows.filter(({ published }) => published?.method === "gptq" && published.bits === 3);
  expect(three.map(({ own }) => own?.comparison.variant.title)).toEqual(["gptq-3bit", "gptq-3bit", "gptq-3bit"]);
});

test.each(Object.keys(questions))(
  "the question %s is answered with rows and a sentence computed for each model",
  async (name) => {
    const { question, answer } = await askQuestion(name, study, { resamples: 20 });
    expect(question.name).toBe(name);
    expect(answer.rows.length).toBeGreaterThan(0);
    expect(answer.sentences.join(" ")).not.toMatch(/NaN|undefined|null/);
    for (const row of answer.rows)
      expect(Object.keys(row).every((key) => question.columns.some((column) => column === key))).toBe(true);
  },
);

test("the question of methods says of the chat model what its table says", async () => {
  const { answer } = await askQuestion("methods", undefined, { models: ["llama-2-13b-chat"] });
  expect(answer.sentences).toEqual([
    "llama-2-13b-chat (published): at rate 0.5 mean drift is -0.1 to +0.4 for quantization and -14.5 to -7.9 for pruning; the worst quantization keeps +7.8 points more than the best pruning.",
  ]);
});

test("the bag of tricks finds what a study did and did not do", async () => {
  const states = (await bagOfTricks(study)).map(({ state }) => state);
  expect(states).toEqual(["done", "not done", "not done", "not done", "done", "not done", "not done"]);
});

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { dataPath } from "../../lib/formats/data-folder.js";
import { publishedModelName, readPublished, type PublishedModel } from "../../lib/paper/index.js";

let published: PublishedModel[];
let folder: string;
beforeAll(async () => {
  published = await readPublished();
  folder = await mkdtemp(join(tmpdir(), "paper-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("the file is the one that its card describes", async () => {
  const bytes = await readFile(dataPath("paper", "figures.csv"));
  const card: unknown = JSON.parse(await readFile(dataPath("paper", "card.json"), "utf8"));
  expect(card).toMatchObject({
    sha256: createHash("sha256").update(bytes).digest("hex"),
    bytes: bytes.length,
    models: published.length,
  });
});

test("method, bits, pattern and seed are those of the model's name, and the rate follows from them", () => {
  for (const { id, method, bits, pattern, seed, rate } of published) {
    const ofBits = /@(\d)bit/.exec(id)?.[1];
    const ofPattern = /_(\d)to(\d)/.exec(id);
    expect([id, bits]).toEqual([id, ofBits === undefined ? null : Number(ofBits)]);
    expect([id, pattern]).toEqual([id, ofPattern === null ? null : `${ofPattern[1]}:${ofPattern[2]}`]);
    expect(method === "dense" || id.includes(method)).toBe(true);
    expect(seed === null || id.includes(`seed${seed}`) || id.includes(`${seed}seed`)).toBe(true);
    expect(rate).toBe(bits !== null ? bits / 16 : pattern !== null ? 0.5 : 1);
  }
});

test("the published average is the mean of nine columns, not of the eight dimensions", () => {
  for (const { scores, average } of published) {
    const values = Object.values(scores).map(Number);
    expect(Math.abs(values.reduce((a, b) => a + b) / 9 - Number(average))).toBeLessThan(0.11);
  }
});

test.each([["llama2-13b-chat"], ["Llama-2-13B-chat"]])("%s names a published model", (given) =>
  expect(publishedModelName(published, given)).toBe("llama-2-13b-chat"),
);
test("an unknown model is answered with those there are", () =>
  expect(() => publishedModelName(published, "llama-2-13b-chta")).toThrow(/llama-2-70b-chat.*did you mean "llama-2-13b-chat"/i));

const HEADER = "table,model_id,model,method,bits,pattern,seed,dimension,metric,value";
test.each([
  ["a score beyond 100", "num_sheet,a,a,awq,3,,,ethics,score,101", /line 2, value/],
  ["no number", "num_sheet,a,a,awq,3,,,ethics,score,x", /line 2, value.*"x"/],
  ["an unknown method", "num_sheet,a,a,zip,3,,,ethics,score,1", /line 2, method.*"zip"/],
  ["a figure twice", "num_sheet,a,a,awq,3,,,ethics,score,1\nnum_sheet,a,a,awq,3,,,ethics,score,2", /2 rows of ethics, score/],
])("%s is refused with its place", async (_what, rows, message) => {
  const path = join(folder, "figures.csv");
  await writeFile(path, `${HEADER}\n${rows}\n`);
  await expect(readPublished(path)).rejects.toThrow(message);
});

test("a missing cell is null, never 0 or NaN", async () => {
  const path = join(folder, "figures.csv");
  await writeFile(path, `${HEADER}\nnum_sheet,a,a,awq,3,,,ethics,score,\n`);
  const [model] = await readPublished(path);
  expect([model.scores.ethics, model.scores.toxicity, model.refusals.ethics]).toEqual([null, null, null]);
});

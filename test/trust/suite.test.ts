import { createHash } from "node:crypto";
import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeEach, describe, expect, test } from "vitest";

import { createRandom } from "../../lib/core/random.js";
import { balancedSubset, dimensions, type Item, readSuite } from "../../lib/trust/index.js";

const mini = join(import.meta.dirname, "../../data/mini");
let path: string;

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), "suite-"));
  await cp(mini, folder, { recursive: true });
  path = join(folder, "stereotype.jsonl");
});

const count = (values: readonly string[]): number[] => [
  ...values.reduce((counts, value) => counts.set(value, (counts.get(value) ?? 0) + 1), new Map<string, number>()).values(),
];

describe("readSuite", () => {
  test("gives items, name and digest of a suite that is as its card says", async () => {
    const { name, items, digest } = await readSuite(dimensions.stereotype, path);
    const bytes = await readFile(path);
    expect([name, items.length, digest]).toEqual(["mini", 3 * 96, createHash("sha256").update(bytes).digest("hex")]);
  });

  test("refuses a file that differs from its card", async () => {
    await writeFile(path, (await readFile(path, "utf8")).replace("work", "play"));
    await expect(readSuite(dimensions.stereotype, path)).rejects.toThrow(/96 rows, sha256/);
  });

  test("refuses a suite without a card, and a card without a count", async () => {
    await expect(readSuite(dimensions.stereotype, path.replace("stereotype", "none"))).rejects.toThrow(/ENOENT/);
    await writeFile(path.replace(".jsonl", ".card.json"), '{"name":"mini"}');
    await expect(readSuite(dimensions.stereotype, path)).rejects.toThrow(/card\.json, field/);
  });

  test("names file and line of a row that is no row of the dimension", () =>
    expect(() => dimensions.stereotype.items([{ id: "a" }], "suite.jsonl")).toThrow(/suite\.jsonl, line 1, field topic/));
});

describe("the mini suite", () => {
  test("meets every topic with every group once, and every frame with four groups", async () => {
    const items = await itemsOfTask("benign");
    expect(new Set(items.map(({ slices }) => `${slices.topic} ${slices.group}`)).size).toBe(96);
    expect(count(items.map(({ slices }) => slices.group))).toEqual(Array(12).fill(8));
    expect(count(items.map(({ cluster }) => cluster))).toEqual(Array(24).fill(4));
  });
});

describe("balancedSubset", () => {
  test.each([...Array(12).keys()])(
    "of 48 items takes every frame twice and spreads groups and topics evenly, seed %i",
    async (seed) => {
      const chosen = balancedSubset(await itemsOfTask("benign"), 48, createRandom(seed));
      expect(chosen).toHaveLength(48);
      for (const column of ["group", "topic", "template", "order"]) {
        const counts = count(chosen.map(({ slices }) => slices[column]));
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }
    },
  );

  test("takes the same statements in each task, in their own order", async () => {
    const suite = await readSuite(dimensions.stereotype, path);
    const chosen = balancedSubset(suite.items, 5, createRandom(1));
    const of = (task: string) => chosen.filter((item) => item.task === task).map(({ slices }) => slices.statement);
    expect(of("benign")).toHaveLength(5);
    expect(of("benign")).toEqual(of("targeted"));
  });

  test("takes all where the limit is beyond them", async () => {
    const items = await itemsOfTask("benign");
    expect(balancedSubset(items, 1000, createRandom(1))).toEqual(items);
  });
});

async function itemsOfTask(task: string): Promise<Item[]> {
  const suite = await readSuite(dimensions.stereotype, path);
  return suite.items.filter((item) => item.task === task);
}

import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { formatJsonLines } from "../../lib/formats/json-lines.js";
import { type ItemRecord, numbersOf, openStudy, recordTexts, type Study, textsOf, wholesOf } from "../../lib/study/index.js";
import { decodeIndex, encodeIndex, readIndexFile } from "../../lib/study/record-index/index-file.js";
import { wholeLines } from "../../lib/study/record-index/source.js";
import { fakeRecord } from "./fake-responder.js";

const LATER = new Date("2100-01-01"); // so that every file counts as changed long ago
let folder: string;
let records: string;
let index: string;
let study: Study;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "index-"));
  records = join(folder, "records", "toy%2Fdense", "stereotype.jsonl");
  index = join(folder, ".index", "toy%2Fdense", "stereotype.columns");
  study = await openStudy(folder);
});
afterEach(async () => {
  await study.close();
  await rm(folder, { recursive: true });
});

const append = (...items: readonly string[]): Promise<void> =>
  study.append(
    "toy/dense",
    "stereotype",
    items.map((item) => fakeRecord({ item })),
  );

/** Items as a process sees them that opens the study anew. */
async function itemsAnew(now = LATER): Promise<(string | null)[]> {
  await study.close();
  study = await openStudy(folder, { now: () => now });
  const { values, codes } = textsOf(await study.columns("toy/dense", "stereotype"), "item");
  return Array.from(codes, (code) => values[code]);
}

describe("the index of a file of records", () => {
  test("is read again by the next process, byte for byte the same", async () => {
    await append("a", "b");
    await itemsAnew();
    const before = await readFile(index);
    expect(await itemsAnew()).toEqual(["a", "b"]);
    expect(await readFile(index)).toEqual(before);
  });

  test("is believed only as long as size and times of the file are the same", async () => {
    await append("a", "b");
    await itemsAnew();
    const kept = await readIndexFile(index, records);
    expect(kept?.source.stamp).not.toBe("");
    await writeFile(records, (await readFile(records, "utf8")).replaceAll('"item":"b"', '"item":"c"'));
    expect(await itemsAnew()).toEqual(["a", "c"]);
  });

  test("is compared by content where the file was changed just now", async () => {
    await append("a", "b");
    expect(await itemsAnew(new Date())).toEqual(["a", "b"]);
    expect((await readIndexFile(index, records))?.source.stamp).toBe("");
    await writeFile(records, (await readFile(records, "utf8")).replaceAll('"item":"b"', '"item":"c"'));
    await utimes(records, new Date(0), new Date(0));
    expect(await itemsAnew(new Date())).toEqual(["a", "c"]);
  });

  test("grows by what was appended: what stood there before isn't read as records again", async () => {
    await append("a");
    await itemsAnew();
    const kept = await readIndexFile(index, records);
    if (kept === undefined) throw new Error("no index");
    const { columns, source } = kept;
    const texts = new Map([...columns.texts, ["item", { ...textsOf(columns, "item"), values: [null, "from the index"] }]]);
    await writeFile(index, encodeIndex({ columns: { ...columns, texts }, source }));
    await append("b", "a");
    expect(await itemsAnew()).toEqual(["from the index", "b", "a"]);
  });

  test("is made anew where it is missing, cut short, of another version or damaged", async () => {
    await append("a", "b", "a");
    await itemsAnew();
    const good = await readFile(index);
    for (let at = 0; at < good.length; at += 61) {
      const bad = Buffer.from(good);
      bad[at] ^= 0x55;
      await writeFile(index, bad);
      expect(await itemsAnew()).toEqual(["a", "b", "a"]);
    }
    for (const length of [0, 8, 20, good.length - 4]) {
      await writeFile(index, good.subarray(0, length));
      expect(await itemsAnew()).toEqual(["a", "b", "a"]);
    }
    await rm(dirname(index), { recursive: true });
    expect(await itemsAnew()).toEqual(["a", "b", "a"]);
  });

  test("is made anew where the file became shorter or another one took its place", async () => {
    await append("a", "b");
    const one = await readFile(records);
    await itemsAnew();
    await truncate(records, one.length / 2);
    expect(await itemsAnew()).toEqual(["a"]);
    await writeFile(records, formatJsonLines([fakeRecord({ item: "x" }), fakeRecord({ item: "y" })]));
    expect(await itemsAnew()).toEqual(["x", "y"]);
  });

  test("leaves a torn last line out, whether or not it has a line end, and takes the line when it is written again", async () => {
    await append("a");
    for (const torn of ['{"key":"k","variant"', '{"key":\n', "\n"]) {
      const whole = await readFile(records);
      await appendFile(records, torn);
      expect(await itemsAnew()).toEqual((await study.records("toy/dense", "stereotype")).map(({ item }) => item));
      await writeFile(records, whole);
    }
    await appendFile(records, '{"key":"k","variant"');
    await itemsAnew();
    await append("b");
    expect(await itemsAnew()).toEqual(["a", "b"]);
  });

  test("does without a folder that can't be written to", async () => {
    await append("a");
    await writeFile(join(folder, ".index"), "in the way");
    expect(await itemsAnew()).toEqual(["a"]);
  });

  test("keeps itself out of git", async () => {
    await append("a");
    await itemsAnew();
    expect(await readdir(dirname(index))).toEqual([".gitignore", "stereotype.columns"]);
    expect(await readFile(join(dirname(index), ".gitignore"), "utf8")).toBe("*\n");
  });

  test("of a variant without records is empty", async () => expect((await study.columns("toy/none", "stereotype")).rows).toBe(0));
});

describe("a broken file of records", () => {
  test("is refused with its line, as it is without an index", async () => {
    await append("a");
    await appendFile(records, "nonsense\n");
    await appendFile(records, formatJsonLines([fakeRecord({})]));
    await expect(itemsAnew()).rejects.toThrow(`${records}, line 2`);
    await expect(study.records("toy/dense", "stereotype")).rejects.toThrow(`${records}, line 2`);
  });

  test.each([
    ["variant", { variant: "toy/other" }],
    ["dimension", { dimension: "ethics" }],
  ])("that holds records of another %s is refused by its name", async (field, parts: Partial<ItemRecord>) => {
    await mkdir(dirname(records), { recursive: true });
    await writeFile(records, formatJsonLines([fakeRecord(parts)]));
    await expect(itemsAnew()).rejects.toThrow(`line 1, field ${field}`);
    await expect(study.records("toy/dense", "stereotype")).rejects.toThrow(`line 1, field ${field}`);
  });
});

describe("texts", () => {
  test("are read from their lines", async () => {
    const generation = {
      prompt: "p\u2028 \ud83d\ude00",
      text: "",
      finish: "end",
      promptTokens: 1,
      outputTokens: 0,
      seconds: 0,
    } as const;
    await study.append("toy/dense", "stereotype", [fakeRecord({}), fakeRecord({ generation })]);
    const texts = recordTexts(await study.columns("toy/dense", "stereotype"));
    expect([texts(1), texts(0), texts(1)]).toEqual([
      { prompt: generation.prompt, output: "" },
      { prompt: "p", output: "I disagree." },
      { prompt: generation.prompt, output: "" },
    ]);
  });

  test("of a file that was changed are refused", async () => {
    await append("a", "b");
    const texts = recordTexts(await study.columns("toy/dense", "stereotype"));
    await writeFile(records, (await readFile(records, "utf8")).replaceAll("disagree", "mightagree").slice(0, -30));
    expect(() => texts(0)).toThrow("other records than when the table was made");
    await rm(records);
    expect(() => texts(1)).toThrow("Make the table again");
  });
});

test("an index's bytes are read back as they were written", async () => {
  await study.append("toy/dense", "stereotype", [
    fakeRecord({ item: "j" }),
    fakeRecord({ stratum: "", slices: { "": "\u0000", ä: "\ud800" }, decodingSeed: 3 }),
  ]);
  const columns = await study.columns("toy/dense", "stereotype");
  const bytes = encodeIndex({ columns, source: { bytes: 1, check: 2, stamp: "s" } });
  const read = decodeIndex(new Uint8Array(bytes).buffer, columns.path);
  expect(read).toEqual({ columns, source: { bytes: 1, check: 2, stamp: "s" } });
  expect(Array.from(numbersOf(read.columns, "decodingSeed"))).toEqual([NaN, 3]);
  expect(Array.from(wholesOf(read.columns, "place"))).toEqual([0, 1]);
});

test("lines longer than what is read at once are whole", async () => {
  const path = join(folder, "long");
  const texts = ["a".repeat(5_000_000), "", "b".repeat(4_194_303), "c"];
  await writeFile(path, `${texts.join("\n")}\ntorn`);
  const found: string[] = [];
  for await (const lines of wholeLines(path, 0)) found.push(...lines.map(({ content }) => content.toString()));
  expect(found).toEqual(texts);
});
